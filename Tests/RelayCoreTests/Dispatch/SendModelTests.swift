import TestSupport
import Testing

@testable import RelayCore

/// Random walks through the machine beside a provider that knows the truth.
@Suite("The machine beside a provider that knows the truth")
struct SendModelTests {
    /// What is under way at the provider, and what the relay will hear of it.
    private struct World {
        var fixture: StateFixture
        /// Attempts that the provider took.
        var taken: Set<Int64> = []
        /// Outcomes that nobody has brought yet, by attempt.
        var underWay: [Int64] = []
        var callbacks: [(n: Int64, status: String)] = []
        var random: SeededRandom
    }

    @Test(
        "No order of outcomes, callbacks, listings and commands breaks a property",
        arguments: [NotificationState.Policy.atMostOnce, .atLeastOnce])
    func walks(policy: NotificationState.Policy) {
        for seed in 1...4_000 {
            var world = World(fixture: StateFixture(policy), random: SeededRandom(seed: UInt64(seed)))
            for _ in 0..<60 {
                step(&world)
                guard isSound(world, policy, seed) else { return }
            }
        }
    }

    private func step(_ world: inout World) {
        switch Int.random(in: 0..<14, using: &world.random) {
        case 0, 1, 2:
            if world.fixture.intent() == nil { world.underWay.append(world.fixture.state.attempt) }
        case 3, 4, 5: transfer(&world)
        case 6, 7:
            guard let index = world.callbacks.indices.randomElement(using: &world.random) else { return }
            let callback = world.callbacks[index]
            // Some come twice.
            if Bool.random(using: &world.random) { world.callbacks.remove(at: index) }
            world.fixture.word(callback.status, callback.n)
        case 8, 9: list(&world)
        case 10: world.fixture.advance(.seconds(Int.random(in: 1..<3_000, using: &world.random)))
        case 11: world.fixture.settle()
        case 12:
            if Int.random(in: 0..<6, using: &world.random) == 0 { _ = world.fixture.stop() }
        default:
            if Int.random(in: 0..<4, using: &world.random) == 0 { world.fixture.advance(.seconds(40_000)) }
        }
    }

    /// An attempt that is out reaches the provider, or does not; its node brings the outcome, or dies.
    private func transfer(_ world: inout World) {
        guard let index = world.underWay.indices.randomElement(using: &world.random) else { return }
        let n = world.underWay.remove(at: index)
        // Within its lease: a node that is not frozen starts in time.
        guard let attempt = world.fixture.state.attempts.first(where: { $0.id.n == n }),
            world.fixture.now <= attempt.sendLeaseUntil
        else { return }
        let isTaken = Bool.random(using: &world.random)
        if isTaken {
            world.taken.insert(n)
            let end = Bool.random(using: &world.random) ? "delivered" : "undelivered"
            for status in ["queued", "sent", end] where Int.random(in: 0..<4, using: &world.random) > 0 {
                world.callbacks.append((n, status))
            }
        }
        switch Int.random(in: 0..<4, using: &world.random) {
        case 0: return
        case 1: world.fixture.ambiguous(n)
        default:
            if isTaken { return world.fixture.accepted(n) }
            if Bool.random(using: &world.random) { world.fixture.retry(n) } else { world.fixture.refused(n) }
        }
    }

    /// The list shows what was taken; it is complete and without lag here.
    private func list(_ world: inout World) {
        guard world.fixture.state.attempt > 0 else { return }
        let open = world.fixture.state.attempts.filter { $0.result == .open }.map(\.id.n)
        let candidates = open.filter { world.taken.contains($0) }
        switch candidates.count {
        case 0: world.fixture.listing(.nothing)
        case 1:
            world.fixture.listing(
                .found(
                    .twilio(status: "queued", sid: nil, trouble: nil), attempt: StateFixture.id(candidates[0])
                ))
        default: world.fixture.listing(.unclear(reason: "two_candidates"))
        }
    }

    private func isSound(_ world: World, _ policy: NotificationState.Policy, _ seed: Int) -> Bool {
        let state = world.fixture.state
        let isOut = world.underWay.contains { n in
            state.attempts.first { $0.id.n == n }.map { world.fixture.now <= $0.sendLeaseUntil } ?? false
        }
        // S1: without a person's word one notification is taken once; with a list that tells the truth also
        // under at-least-once.
        if world.taken.count > 1 { return fail("S1: taken \(world.taken)", world, policy, seed) }
        // Invariant I and S8: what says "not sent" was not.
        if !state.isSound { return fail("I", world, policy, seed) }
        if state.stage.saysNotSent, !world.taken.isEmpty { return fail("S8", world, policy, seed) }
        if state.stage.saysNotSent, isOut { return fail("S8, later", world, policy, seed) }
        // M1: accepted is true.
        if state.stage.rank > 0, world.taken.isEmpty { return fail("M1", world, policy, seed) }
        return true
    }

    private func fail(_ what: String, _ world: World, _ policy: NotificationState.Policy, _ seed: Int) -> Bool
    {
        Issue.record("\(what) with \(policy), seed \(seed): \(world.fixture.state)")
        return false
    }
}
