import Testing

@testable import SAPAccess

@Suite("What a pool of workers decides")
struct WorkerPoolStateTests {
    private static let refused = SAPAccessError.rfc(
        RFCError(operation: "RfcOpenConnection", origin: .logon, code: .logonFailure, group: 3))
    private static let unreachable = SAPAccessError.rfc(
        RFCError(operation: "RfcOpenConnection", origin: .logon, code: .communicationFailure, group: 4))

    private func pool(places: Int = 4, _ change: (inout WorkerPoolLimits) -> Void = { _ in })
        -> WorkerPoolState
    {
        var limits = WorkerPoolLimits()
        change(&limits)
        var pool = WorkerPoolState(system: "SIM", limits: limits)
        pool.learned(places: places)
        return pool
    }

    /// Without timers, which most tests do not look at.
    private func plain(_ actions: [WorkerPoolState.Action]) -> [WorkerPoolState.Action] {
        actions.filter { if case .wake = $0 { false } else { true } }
    }

    @Test("The second connection is opened only after the first has succeeded, and then one at a time")
    func oneAfterTheOther() {
        var pool = pool()
        #expect(plain(pool.request(1, at: .zero)) == [.start(1)])
        #expect(plain(pool.request(2, at: .zero)) == [])
        #expect(plain(pool.request(3, at: .zero)) == [])
        #expect(plain(pool.started(1, at: .seconds(1))) == [.lease(1, 1, ping: false), .start(2)])
        #expect(plain(pool.started(2, at: .seconds(2))) == [.lease(2, 2, ping: false), .start(3)])
    }

    @Test("Callers are served in the order in which they came")
    func order() {
        var pool = pool(places: 1)
        _ = pool.request(1, at: .zero)
        _ = pool.started(1, at: .zero)
        for caller in 2...4 { #expect(plain(pool.request(caller, at: .zero)) == []) }
        #expect(pool.abandon(3) && !pool.abandon(3))
        #expect(plain(release(&pool, 1)) == [.lease(2, 1, ping: false)])
        #expect(plain(release(&pool, 1)) == [.lease(4, 1, ping: false)])
        #expect(plain(release(&pool, 1)) == [])
    }

    private func release(
        _ pool: inout WorkerPoolState, _ worker: Int, usable: Bool = true, memory: Int = 1,
        at now: Duration = .zero,
    ) -> [WorkerPoolState.Action] {
        pool.released(worker, isUsable: usable, calls: 1, memoryBytes: memory, at: now)
    }

    @Test("A worker that is old, used up or fat ends after its call, and the next caller waits for a new one")
    func worn() {
        for reason in 0..<3 {
            var pool = pool(places: 1) { limits in if reason == 0 { limits.calls = 1 } }
            _ = pool.request(1, at: .zero)
            _ = pool.started(1, at: .zero)
            _ = pool.request(2, at: .zero)
            let memory = reason == 1 ? (256 << 20) + 1 : 1
            let now: Duration = reason == 2 ? .seconds(3600) : .seconds(1)
            let actions = pool.released(1, isUsable: true, calls: 1, memoryBytes: memory, at: now)
            if reason < 2 {
                #expect(plain(actions) == [.end(1)])
                #expect(plain(pool.ended(1, at: now)) == [.start(2)])
            } else {
                // The caller's patience is over as well by then.
                #expect(plain(actions).first == .end(1))
            }
        }
    }

    @Test("A lost worker is ended and replaced only after its place is free")
    func lost() {
        var pool = pool(places: 1)
        _ = pool.request(1, at: .zero)
        _ = pool.started(1, at: .zero)
        _ = pool.request(2, at: .zero)
        #expect(plain(release(&pool, 1, usable: false)) == [.end(1)])
        #expect(plain(pool.ended(1, at: .zero)) == [.start(2)])
        #expect(plain(pool.started(2, at: .zero)) == [.lease(2, 2, ping: false)])
    }

    @Test(
        "All workers but one end after a minute without work; the one that stays is pinged before its next call"
    )
    func idle() {
        var pool = pool()
        for caller in 1...3 { _ = pool.request(caller, at: .zero) }
        for worker in 1...3 { _ = pool.started(worker, at: .zero) }
        for worker in 1...2 { _ = release(&pool, worker, at: .seconds(Int64(worker))) }
        #expect(release(&pool, 3, at: .seconds(3)).isEmpty, "a timer is set already")
        #expect(plain(pool.tick(at: .seconds(60))) == [])
        #expect(pool.tick(at: .seconds(61)) == [.end(1), .wake(at: .seconds(62))])
        #expect(pool.tick(at: .seconds(62)) == [.end(2)])
        #expect(plain(pool.tick(at: .seconds(600))) == [])
        #expect(plain(pool.request(4, at: .seconds(601))) == [.lease(4, 3, ping: true)])
    }

    @Test("A refused logon fails everybody who waits, at once, and takes the proof away")
    func refusal() {
        var pool = pool()
        for caller in 1...2 { _ = pool.request(caller, at: .zero) }
        #expect(
            plain(pool.startFailed(1, Self.refused, at: .zero))
                == [.fail(1, Self.refused), .fail(2, Self.refused)])
        #expect(plain(pool.request(3, at: .milliseconds(999))) == [.fail(3, Self.refused)])
        #expect(plain(pool.request(4, at: .seconds(1))) == [.start(2)])
        #expect(plain(pool.request(5, at: .seconds(1))) == [])
    }

    @Test("Failed starts are tried again after ever longer pauses, and success ends the row")
    func backOff() {
        var pool = pool()
        var now = Duration.zero
        for (worker, pause) in zip(1..., [1, 2, 4, 8, 16, 30, 30]) {
            #expect(plain(pool.request(worker, at: now)) == [.start(worker)])
            _ = pool.startFailed(worker, Self.unreachable, at: now)
            now += .seconds(pause)
            #expect(plain(pool.request(100, at: now - .milliseconds(1))) == [.fail(100, Self.unreachable)])
        }
        _ = pool.request(8, at: now)
        #expect(plain(pool.started(8, at: now)) == [.lease(8, 8, ping: false)])
        _ = release(&pool, 8, usable: false, at: now)
        _ = pool.ended(8, at: now)
        #expect(plain(pool.request(9, at: now)) == [.start(9)])
    }

    @Test("A second worker that cannot start harms nobody while the first one serves")
    func secondFails() {
        var pool = pool()
        for caller in 1...2 { _ = pool.request(caller, at: .zero) }
        _ = pool.started(1, at: .zero)
        #expect(plain(pool.startFailed(2, Self.unreachable, at: .zero)) == [])
        #expect(plain(release(&pool, 1)) == [.lease(2, 1, ping: false)])
    }

    @Test("Without a free place it is asked again, until callers have waited long enough")
    func noPlace() {
        var pool = pool()
        _ = pool.request(1, at: .zero)
        let none = SAPAccessError.noPlace(system: "SIM")
        #expect(pool.startFailed(1, none, at: .zero) == [.wake(at: .milliseconds(500))])
        #expect(plain(pool.tick(at: .milliseconds(500))) == [.start(2)])
        _ = pool.startFailed(2, none, at: .milliseconds(500))
        #expect(pool.tick(at: .seconds(60)).first == .fail(1, none))
    }

    @Test("A shutdown fails who waits, ends who is idle, waits for who works, and ends when all have ended")
    func shutDown() {
        var pool = pool(places: 2)
        for caller in 1...2 { _ = pool.request(caller, at: .zero) }
        for worker in 1...2 { _ = pool.started(worker, at: .zero) }
        _ = release(&pool, 2)
        #expect(plain(pool.shutDown(at: .zero)) == [.end(2)])
        #expect(pool.request(9, at: .zero) == [.fail(9, .shutDown)])
        #expect(plain(pool.ended(2, at: .zero)) == [])
        #expect(plain(release(&pool, 1)) == [.end(1)])
        #expect(plain(pool.ended(1, at: .zero)) == [.finish])
        #expect(plain(pool.tick(at: .zero)) == [])
    }

    @Test("A shutdown during a logon ends the worker as soon as it stands")
    func shutDownWhileStarting() {
        var pool = pool()
        _ = pool.request(1, at: .zero)
        #expect(plain(pool.shutDown(at: .zero)) == [.fail(1, .shutDown), .abandon(1)])
        #expect(plain(pool.started(1, at: .zero)) == [.end(1)])
        #expect(plain(pool.ended(1, at: .zero)) == [.finish])
    }
}
