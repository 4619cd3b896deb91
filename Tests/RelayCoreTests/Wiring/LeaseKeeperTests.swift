import Cryptography
import Logging
import SQLStore
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import RelayCore

@Suite("The keeper of a tenant's lease")
struct LeaseKeeperTests {
    private func scope(_ folder: TemporaryFolder) async throws -> TenantScope {
        let store = try await RelayStore.open(path: folder.file("relay.db"))
        try await store.initialise(now: Moment(milliseconds: 0), random: .system)
        let tenant = try #require(TenantID("acme"))
        try await store.makeTenant(tenant, name: "Acme", now: Moment(milliseconds: 0))
        return store.scope(tenant)
    }

    @Test("runs the loops as owner, begins a failed one again, and gives the lease back")
    func runs() async throws {
        let folder = try TemporaryFolder()
        let scope = try await scope(folder)
        let failures = Mutex(0)
        let epochs = Mutex<Set<Int64>>([])
        let clock = RelayClock(now: { Moment(milliseconds: 1_000) }, monotonic: { .zero })
        let keeper = LeaseKeeper(
            scope: scope, node: "n1", ownersAreDead: true,
            loops: [
                TenantLoop("failing") { ownership in
                    epochs.withLock { _ = $0.insert(ownership.epoch) }
                    failures.withLock { $0 += 1 }
                    throw OperationError.noEvent(1)
                },
                TenantLoop("steady") { _ in try await Task.sleep(for: .seconds(3_600)) },
            ], clock: clock, logger: Logger(label: "test"),
            sleep: { duration in
                // Renewals wait for ever, rests are short.
                if duration >= LeaseKeeper.renewal { try await Task.sleep(for: .seconds(3_600)) }
                await Task.yield()
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            _ = try await eventually(within: .seconds(20)) { failures.withLock { $0 } >= 3 }
            group.cancelAll()
        }
        #expect(epochs.withLock { $0 } == [1])
        let owner = try await scope.read { statements in
            try statements.first("SELECT owner FROM tenant WHERE tenant = ?1")?.optionalText("owner")
        }
        #expect(owner == nil)
    }

    @Test("takes a dead owner's lease at once only where it is known to be dead", arguments: [true, false])
    func takesOver(ownersAreDead: Bool) async throws {
        let folder = try TemporaryFolder()
        let scope = try await scope(folder)
        let now = Moment(milliseconds: 1_000)
        _ = try await scope.write { try TenantOwnership.take($0, node: "old", deadOwner: false, now: now) }
        let owned = Mutex(false)
        let rests = Mutex(0)
        let keeper = LeaseKeeper(
            scope: scope, node: "n2", ownersAreDead: ownersAreDead,
            loops: [
                TenantLoop("loop") { _ in
                    owned.withLock { $0 = true }
                    try await Task.sleep(for: .seconds(3_600))
                }
            ], clock: RelayClock(now: { now }, monotonic: { .zero }), logger: Logger(label: "test"),
            sleep: { duration in
                if duration >= LeaseKeeper.renewal { try await Task.sleep(for: .seconds(3_600)) }
                rests.withLock { $0 += 1 }
                await Task.yield()
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            _ = try await eventually(within: .seconds(20)) {
                owned.withLock { $0 } || rests.withLock { $0 } >= 3
            }
            group.cancelAll()
        }
        #expect(owned.withLock { $0 } == ownersAreDead)
    }
}
