import AgentCore
import ConnectorProtocol
import Cryptography
import Foundation
import Logging
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

/// One agent between a SAP in memory and the model of a relay; every clock is the test's.
final class AgentWorld: Sendable {
    static let source = "/sap/PRD/100"
    let folder: TemporaryFolder
    let sap: SAPTable
    let relay: RelayModel
    /// Milliseconds of the host's clock, which may be far from the relay's.
    let hostTime: Mutex<Int64>
    /// Of the disk that every spool is on.
    let room = DiskRoom()

    init(hostTime: Int64 = 1_795_600_000_000) throws {
        folder = try TemporaryFolder()
        sap = SAPTable(now: try #require(LocalDateTime(sap: "20261125093000")))
        relay = try RelayModel()
        self.hostTime = Mutex(hostTime)
    }

    var hostClock: HostClock { HostClock { [self] in hostTime.withLock { $0 } } }

    /// Moves SAP, host and relay on together.
    func advance(_ seconds: Int64) {
        sap.advance(seconds)
        hostTime.withLock { $0 += seconds * 1_000 }
        relay.state.withLock { $0.now += seconds * 1_000 }
    }

    /// The relay holds both facts of each of these rows, once, and nothing else.
    func expectWhole(_ keys: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            relay.heldSubjects == keys.flatMap { ["\($0) posted", "\($0) received"] }.sorted(),
            sourceLocation: sourceLocation)
    }

    /// The agent as it comes up from the spool file of that name: everything else is new.
    func agent(
        _ file: String = "spool.db", limits: SpoolLimits = SpoolLimits(), kill: KillSwitch = .none,
    ) async throws -> Agent {
        let disk = FillingDisk(try await SQLiteDatabase.open(path: folder.file(file)), room: room)
        let spool = try await Spool.open(disk, clock: hostClock, limits: limits)
        let time = RelayTime(host: hostClock, ahead: try await spool.relayAhead())
        let endpoint = RelayEndpoint(
            try relay.paired(), key: relay.agentKey, transport: relay, time: time)
        return Agent(world: self, spool: spool, endpoint: endpoint, kill: kill)
    }

    /// Copies a spool file as a backup does; the agent must not be at work.
    func copySpool(_ from: String = "spool.db", to: String) async throws {
        let database = try await SQLiteDatabase.open(path: folder.file(from))
        _ = try await database.read { try $0.first("SELECT 1") }
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: folder.file(from + suffix)) {
            try FileManager.default.copyItem(
                atPath: folder.file(from + suffix), toPath: folder.file(to + suffix))
        }
    }
}

/// One life of an agent's process.
struct Agent: Sendable {
    let world: AgentWorld
    let spool: Spool
    let endpoint: RelayEndpoint
    let lease = AgentLease()
    let sync: SyncClient
    let uploader: Uploader
    let poller: FeedPoller
    let commands: CommandLog

    final class CommandLog: Sendable { let done = Mutex<[UInt64]>([]) }

    init(world: AgentWorld, spool: Spool, endpoint: RelayEndpoint, kill: KillSwitch) {
        self.world = world
        self.spool = spool
        self.endpoint = endpoint
        let log = CommandLog()
        commands = log
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        sync = SyncClient(
            spool: spool, endpoint: endpoint, source: AgentWorld.source, lease: lease, logger: logger,
            pause: Pause { _ in }, kill: kill,
            status: { AgentStatus(version: "1", host: "sapgw01") },
            carryOut: { command in log.done.withLock { $0.append(command.number) } })
        uploader = Uploader(
            spool: spool, endpoint: endpoint, source: AgentWorld.source, logger: logger,
            pause: Pause { _ in }, kill: kill)
        poller = FeedPoller(
            reader: world.sap, spool: spool, source: AgentWorld.source, relayNow: { endpoint.time.now },
            kill: kill)
    }

    func poll() async throws {
        guard lease.mayPoll else { return }
        _ = try await poller.poll()
    }

    /// Sends until both lanes are idle; what fails is tried again.
    func upload(_ lanes: [Lane] = Lane.allCases) async throws {
        for lane in lanes {
            for _ in 0..<50 { if try await uploader.turn(lane) == .idle { break } }
        }
    }

    /// One round of everything.
    func round() async throws {
        _ = try await sync.turn()
        try await poll()
        try await upload()
    }

    /// Rounds until nothing new comes, each a minute after the one before.
    func settle(rounds: Int = 5) async throws {
        for _ in 0..<rounds {
            try await round()
            world.advance(60)
        }
    }
}
