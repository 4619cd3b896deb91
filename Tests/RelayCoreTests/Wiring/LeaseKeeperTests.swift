import Cryptography
import Logging
import SQLStore
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Programs
@testable import RelayCore

@Suite("The keeper of a tenant's lease")
struct LeaseKeeperTests {
    private struct Broken: Error {}

    private func scope(_ folder: TemporaryFolder) async throws -> TenantScope {
        let store = try await RelayStore.open(path: folder.file("relay.db"))
        try await store.initialise(now: Moment(milliseconds: 0), random: .system)
        let tenant = try #require(TenantID("acme"))
        try await store.makeTenant(tenant, name: "Acme", now: Moment(milliseconds: 0))
        return store.scope(tenant)
    }

    /// Renewals wait for ever, rests are short.
    private static func sleep(_ duration: Duration) async throws {
        if duration >= LeaseKeeper.renewal { try await untilCancelled() }
        await Task.yield()
    }

    @Test("runs the loops as owner, begins a failed one again, and gives the lease back")
    func runs() async throws {
        let folder = try TemporaryFolder()
        let scope = try await scope(folder)
        let failures = Mutex(0)
        let steady = Mutex(0)
        let epochs = Mutex<Set<Int64>>([])
        let clock = RelayClock(now: { Moment(milliseconds: 1_000) }, monotonic: { .zero })
        let keeper = LeaseKeeper(
            scope: scope, node: "n1", ownersAreDead: true,
            loops: [
                TenantLoop("failing") { ownership in
                    epochs.withLock { _ = $0.insert(ownership.epoch) }
                    failures.withLock { $0 += 1 }
                    throw Broken()
                },
                TenantLoop("steady") { _ in
                    steady.withLock { $0 += 1 }
                    try await untilCancelled()
                },
            ], clock: clock, logger: Logger(label: "test"), sleep: Self.sleep)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            #expect(try await eventually { failures.withLock { $0 } >= 3 && steady.withLock { $0 } > 0 })
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(epochs.withLock { $0 } == [1])
        #expect(steady.withLock { $0 } == 1)
        let owner = try await scope.read { statements in
            try statements.first("SELECT owner FROM tenant WHERE tenant = ?1")?.optionalText("owner")
        }
        #expect(owner == nil)
    }

    @Test("says that nobody owned the tenant for a while, and not that a node took over from a dead one")
    func returning() async throws {
        let folder = try TemporaryFolder()
        let scope = try await scope(folder)
        let clock = RelayClock(now: { Moment(milliseconds: 1_000) }, monotonic: { .zero })
        for (leaseUntil, expected) in [(Int64(1_000), 1), (1_001, 0)] {
            _ = try await scope.write { statements in
                try statements.run(
                    "UPDATE tenant SET owner = 'dead', lease_until = ?2 WHERE tenant = ?1",
                    [.integer(leaseUntil)])
            }
            let told = Mutex(0)
            let runs = Mutex(0)
            let keeper = LeaseKeeper(
                scope: scope, node: "n1", ownersAreDead: true,
                loops: [
                    TenantLoop("steady") { _ in
                        runs.withLock { $0 += 1 }
                        try await untilCancelled()
                    }
                ], clock: clock, logger: Logger(label: "test"),
                returning: { _, now in told.withLock { $0 += now.milliseconds == 1_000 ? 1 : 100 } },
                sleep: Self.sleep)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await keeper.run() }
                #expect(try await eventually { runs.withLock { $0 } == 1 })
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(told.withLock { $0 } == expected)
        }
    }

    @Test("tells an error that comes back at once only once, and again when the loop had run meanwhile")
    func tellsAgain() async throws {
        let folder = try TemporaryFolder()
        let scope = try await scope(folder)
        let passed = Mutex(Duration.zero)
        let failures = Mutex(0)
        let lines = Mutex(0)
        let handler = ProgramLogHandler(
            label: "test", level: .error, format: .json, now: { "" },
            write: { _ in lines.withLock { $0 += 1 } })
        let keeper = LeaseKeeper(
            scope: scope, node: "n1", ownersAreDead: true,
            loops: [
                TenantLoop("failing") { _ in
                    let number = failures.withLock { failures in
                        failures += 1
                        return failures
                    }
                    // The fourth time it runs for a day before it fails, and afterwards it runs well.
                    if number == 4 { passed.withLock { $0 += .seconds(86_400) } }
                    if number > 5 { try await untilCancelled() }
                    throw Broken()
                }
            ],
            clock: RelayClock(now: { Moment(milliseconds: 1_000) }, monotonic: { passed.withLock { $0 } }),
            logger: Logger(label: "test") { _ in handler }, sleep: Self.sleep)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            #expect(try await eventually { failures.withLock { $0 } > 5 })
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(lines.withLock { $0 } == 2)
    }

    @Test("takes a dead owner's lease at once only where it is known to be dead", arguments: [true, false])
    func takesOver(ownersAreDead: Bool) async throws {
        let folder = try TemporaryFolder()
        let scope = try await scope(folder)
        let now = Moment(milliseconds: 1_000)
        let old = try await scope.write {
            try TenantOwnership.take($0, node: "old", deadOwner: false, now: now)
        }
        #expect(old != nil)
        let owned = Mutex(false)
        let rests = Mutex(0)
        let keeper = LeaseKeeper(
            scope: scope, node: "n2", ownersAreDead: ownersAreDead,
            loops: [
                TenantLoop("loop") { _ in
                    owned.withLock { $0 = true }
                    try await untilCancelled()
                }
            ], clock: RelayClock(now: { now }, monotonic: { .zero }), logger: Logger(label: "test"),
            sleep: { duration in
                if duration < LeaseKeeper.renewal { rests.withLock { $0 += 1 } }
                try await Self.sleep(duration)
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            #expect(
                try await eventually {
                    ownersAreDead ? owned.withLock { $0 } : rests.withLock { $0 } >= 3
                })
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(owned.withLock { $0 } == ownersAreDead)
    }
}
