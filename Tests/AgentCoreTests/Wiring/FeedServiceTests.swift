import AgentCore
import Cryptography
import Logging
import SAPAccess
import SQLStore
import Synchronization
import TestSupport
import Testing

@Suite("One feed's turns")
struct FeedServiceTests {
    /// An installation with a spool, and a feed that counts its polls.
    private final class World: Sendable {
        let folder: TemporaryFolder
        let vault: AgentVault
        let spool: Spool
        let sap: SystemStandIn
        let hasLease = Mutex(true)
        let polls = Mutex(0)
        let time = Mutex<Int64>(1_795_600_000_000)
        let waits = Mutex<[Duration]>([])
        let mode: SourceConfiguration.Mode?

        init(
            role: String = "P", mode: SourceConfiguration.Mode? = nil, limits: SpoolLimits = SpoolLimits(),
        ) async throws {
            folder = try TemporaryFolder()
            sap = SystemStandIn(role: role)
            self.mode = mode
            let paths = AgentPaths(
                vault: folder.file("vault"), masterKey: .file(folder.file("key")),
                spool: folder.file("spool.db"), trace: folder.path)
            _ = try MasterKey.create(path: folder.file("key"))
            vault = try AgentVault(paths: paths, credentials: nil)
            spool = try await Spool.open(
                SQLiteDatabase.open(path: paths.spool), clock: HostClock { 1_795_600_000_000 }, limits: limits
            )
        }

        func service(
            named feed: String = "purchase_order",
            poll: @escaping @Sendable () async throws -> FeedPoller.End = { .finished },
        ) -> FeedService {
            FeedService(
                feed: feed, interval: .seconds(60), spool: spool,
                system: SystemWatch(
                    source: sap, memory: SystemMemory(vault: vault, spool: spool),
                    clock: HostClock { [self] in time.withLock { $0 } }, mode: mode),
                surroundings: FeedService.Surroundings(
                    hasLease: { [self] in hasLease.withLock { $0 } },
                    sleep: { [self] duration in
                        let count = waits.withLock { waits in
                            waits.append(duration)
                            return waits.count
                        }
                        if count >= 4 { throw CancellationError() }
                    }), logger: Logger(label: "test")
            ) { [self] _ in
                polls.withLock { $0 += 1 }
                return try await poll()
            }
        }
    }

    @Test("Lease first, then the relay's word on coverage, then SAP is asked who it is, then the poll")
    func order() async throws {
        let world = try await World()
        let service = world.service()
        world.hasLease.withLock { $0 = false }
        var seen = [await service.turn()]
        world.hasLease.withLock { $0 = true }
        seen.append(await service.turn())
        #expect(world.sap.content.withLock { $0.asked } == 0)
        try await world.spool.hearCoverage([:])
        seen.append(await service.turn())
        #expect(seen == [.stopped(.noLease), .stopped(.coverageUnknown), .polled])
        #expect(world.sap.content.withLock { $0.asked } == 1)
        #expect(world.polls.withLock { $0 } == 1)
    }

    @Test("A full spool stops polling before SAP is asked for anything")
    func full() async throws {
        var limits = SpoolLimits()
        limits.spoolBytesLimit = 0
        let world = try await World(limits: limits)
        try await world.spool.hearCoverage([:])
        let health = await world.service().turn()
        #expect(health == .stopped(.spoolFull))
        #expect(world.sap.content.withLock { $0.asked } == 0)
    }

    @Test(
        "A client that is not a production one is polled only where the source says so",
        arguments: [
            ("P", nil, FeedHealth.polled), ("T", nil, .stopped(.notProduction)),
            ("", nil, .stopped(.notProduction)), ("T", SourceConfiguration.Mode.live, .polled),
        ])
    func role(role: String, mode: SourceConfiguration.Mode?, expected: FeedHealth) async throws {
        let world = try await World(role: role, mode: mode)
        try await world.spool.hearCoverage([:])
        let health = await world.service().turn()
        #expect(health == expected)
    }

    @Test("Another system than the pinned one is not read, also by a new spool, until a person accepts it")
    func changed() async throws {
        let world = try await World()
        try await world.spool.hearCoverage([:])
        _ = await world.service().turn()
        world.sap.content.withLock { $0.system = SystemStandIn.system(host: "sapqas01") }
        let later = world.service()
        let health = await later.turn()
        #expect(health == .stopped(.systemChanged))
        let lost = try await Spool.open(
            SQLiteDatabase.open(path: world.folder.file("new.db")), clock: HostClock { 1 })
        let known = try await SystemMemory(vault: world.vault, spool: lost).pinned()
        #expect(known?.host == "sapprd01")
        let accepted = try await SystemMemory(vault: world.vault, spool: world.spool).accept()
        #expect(accepted?.host == "sapqas01")
        let again = await later.turn()
        #expect(again == .polled)
    }

    @Test("A refused logon stops the feed without another try; a lost connection is tried again")
    func failures() async throws {
        let world = try await World()
        try await world.spool.hearCoverage([:])
        let service = world.service()
        world.sap.content.withLock { $0.error = .gate(sentence: "closed", closed: true) }
        let refused = await service.turn()
        world.sap.content.withLock { $0.error = .deadline(what: "RFC_SYSTEM_INFO") }
        let lost = await service.turn()
        #expect(refused == .stopped(.gateClosed))
        #expect(
            lost
                == .failed(
                    errorClass: "unavailable",
                    sentence: SAPAccessError.deadline(what: "RFC_SYSTEM_INFO").description))
    }

    @Test("A feed that fails goes on with its turns and says so; another feed knows nothing of it")
    func isolation() async throws {
        let world = try await World()
        try await world.spool.hearCoverage([:])
        struct Broken: Error, CustomStringConvertible { let description = "Broken." }
        let broken = world.service { throw Broken() }
        try await broken.run()
        #expect(world.polls.withLock { $0 } == 4)
        _ = await world.service(named: "vendor_invoice").turn()
        try await world.spool.note(.polled, of: "vendor_invoice")
        let report = try await StatusReport.read(
            from: world.spool.database, spoolBytesLimit: 1, isRunning: nil)
        #expect(report.feeds.map(\.feed) == ["purchase_order", "vendor_invoice"])
        #expect(report.feeds.map(\.sentence) == ["Broken.", nil])
    }
}
