import TestSupport
import Testing

@testable import RelayCore

/// Random walks through the machine beside a provider that knows the truth; the properties are those of
/// facts/send.md section 1.
@Suite("The machine beside a provider that knows the truth")
struct SendModelTests {
    /// What is under way at the provider, and what the relay will hear of it.
    private struct World {
        var fixture: StateFixture
        /// Attempts that the provider took.
        var taken: Set<Int64> = []
        /// Attempts of which a proof of acceptance reached the machine.
        var proved: Set<Int64> = []
        /// Outcomes that nobody has brought yet, by attempt.
        var underWay: [Int64] = []
        var callbacks: [(n: Int64, status: String)] = []
        /// Callbacks that are stored and not applied yet.
        var stored: [(n: Int64, status: String)] = []
        var isPaused = false
        var random: SeededRandom
        /// The property that a step has broken.
        var broken: String?

        var state: NotificationState { fixture.state }

        /// Whether a node that is not frozen may still have a request open.
        func isOut(_ n: Int64) -> Bool {
            state.attempts.first { $0.id.n == n }.map { fixture.now <= $0.sendLeaseUntil } ?? false
        }
    }

    private struct Kind: Sendable {
        let policy: NotificationState.Policy
        let isListed: Bool
    }
    private static let kinds = [
        Kind(policy: .atMostOnce, isListed: true), Kind(policy: .atLeastOnce, isListed: true),
        Kind(policy: .atMostOnce, isListed: false), Kind(policy: .atLeastOnce, isListed: false),
    ]

    @Test("No order of outcomes, callbacks, listings and commands breaks a property; each walk comes to rest")
    func walks() {
        for kind in Self.kinds {
            for seed in 1...3_000 {
                var world = World(
                    fixture: StateFixture(kind.policy, isListed: kind.isListed),
                    random: SeededRandom(seed: UInt64(seed)))
                for _ in 0..<60 where world.broken == nil {
                    let before = world.state
                    step(&world)
                    judge(&world, before, kind)
                }
                if world.broken == nil { rest(&world, kind) }
                guard let broken = world.broken else { continue }
                Issue.record("\(broken) with \(kind), seed \(seed): \(world.state)")
                return
            }
        }
    }

    private func step(_ world: inout World) {
        switch Int.random(in: 0..<16, using: &world.random) {
        case 0, 1, 2: intent(&world)
        case 3, 4, 5: transfer(&world)
        case 6, 7: store(&world)
        case 8, 9: apply(&world)
        case 10, 11: list(&world)
        case 12: world.fixture.advance(.seconds(Int.random(in: 1..<3_000, using: &world.random)))
        case 13: world.fixture.settle()
        case 14:
            switch Int.random(in: 0..<8, using: &world.random) {
            case 0: _ = world.fixture.stop()
            case 1: world.fixture.effects += world.fixture.state.suppress(now: world.fixture.now)
            case 2:
                world.fixture.effects += world.fixture.state.clockWasSet(
                    by: .seconds(Int.random(in: -500..<500, using: &world.random)), now: world.fixture.now,
                    times: world.fixture.times)
            default: world.isPaused.toggle()
            }
        default:
            if Int.random(in: 0..<4, using: &world.random) == 0 { world.fixture.advance(.seconds(40_000)) }
        }
    }

    /// S2 and S5, at the commit of the intent.
    private func intent(_ world: inout World) {
        let before = world.state
        guard !world.isPaused, world.fixture.intent() == nil else { return }
        if !world.stored.isEmpty { world.broken = "S2a: evidence was not applied" }
        if world.underWay.contains(where: world.isOut) { world.broken = "S2b: a request is still open" }
        if before.stop != nil || world.fixture.now >= before.deadlineAt || before.stage.rank > 0 {
            world.broken = "S5: an intent in spite of \(before)"
        }
        world.underWay.append(world.state.attempt)
    }

    /// An attempt that is out reaches the provider, or does not; its node brings the outcome, or dies.
    private func transfer(_ world: inout World) {
        guard let index = world.underWay.indices.randomElement(using: &world.random) else { return }
        let n = world.underWay.remove(at: index)
        // Within its lease: a node that is not frozen starts in time.
        guard world.isOut(n) else { return }
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
            if isTaken {
                world.fixture.accepted(n)
                world.proved.insert(n)
            } else if Bool.random(using: &world.random) {
                world.fixture.retry(n)
            } else {
                world.fixture.refused(n)
            }
        }
    }

    /// Row 10: stored and counted, in any order; some come twice.
    private func store(_ world: inout World) {
        guard let index = world.callbacks.indices.randomElement(using: &world.random) else { return }
        world.stored.append(world.callbacks[index])
        world.fixture.state.evidence += 1
        if Bool.random(using: &world.random) { world.callbacks.remove(at: index) }
    }

    private func apply(_ world: inout World) {
        guard !world.stored.isEmpty else { return }
        let piece = world.stored.removeFirst()
        world.fixture.state.applied += 1
        world.fixture.word(piece.status, piece.n)
        world.proved.insert(piece.n)
        world.fixture.settle()
    }

    /// The list shows what was taken; it is complete and without lag here.
    private func list(_ world: inout World) {
        guard world.state.isListed, world.state.attempt > 0 else { return }
        let open = world.state.attempts.filter { $0.result == .open }.map(\.id.n)
        let candidates = open.filter { world.taken.contains($0) }
        switch candidates.count {
        case 0: world.fixture.listing(.nothing)
        case 1:
            let isAsked = world.state.stage == .unconfirmed
            world.fixture.listing(
                .found(
                    .twilio(status: "queued", sid: nil, trouble: nil), attempt: StateFixture.id(candidates[0])
                ))
            if isAsked { world.proved.insert(candidates[0]) }
        default: world.fixture.listing(.unclear(reason: "two_candidates"))
        }
    }

    private func judge(_ world: inout World, _ before: NotificationState, _ kind: Kind) {
        let state = world.state
        if state.stage.rank < before.stage.rank { world.broken = "S4: the rank fell" }
        if before.stage.isEnd, state.stage != before.stage,
            before.stage != .undelivered || state.stage != .delivered
        {
            world.broken = "S4: an end was left"
        }
        // S1: without a person's word one notification is taken once, with a list that tells the truth also under
        // at-least-once; mail has no list, and may double then (L3).
        let mayDouble = kind.policy == .atLeastOnce && !kind.isListed
        if world.taken.count > 1, !mayDouble { world.broken = "S1: taken \(world.taken)" }
        if !state.isSound { world.broken = "I" }
        if state.stage.saysNotSent, !world.taken.isEmpty { world.broken = "S8: it was sent" }
        if state.stage.saysNotSent, world.underWay.contains(where: world.isOut) {
            world.broken = "S8: it may still be sent"
        }
        if state.stage.rank > 0, world.taken.isEmpty { world.broken = "M1: it was not taken" }
        if !world.proved.isEmpty, state.stage.rank == 0 { world.broken = "S6: a proof was thrown away" }
    }

    /// S3: when nothing more comes from outside, it ends, or a person has it.
    private func rest(_ world: inout World, _ kind: Kind) {
        world.isPaused = true
        for _ in 0..<200 where world.broken == nil {
            if isAtRest(world.state) { return }
            let before = world.state
            world.fixture.advance(.seconds(3_000))
            apply(&world)
            world.fixture.settle()
            if world.state.stage == .unconfirmed { list(&world) }
            if [.accepted, .sent].contains(world.state.stage) {
                world.fixture.effects += world.fixture.state.fetchedOnce(
                    now: world.fixture.now, times: world.fixture.times)
            }
            judge(&world, before, kind)
        }
        if world.broken == nil { world.broken = "S3: it does not come to rest" }
    }

    private func isAtRest(_ state: NotificationState) -> Bool {
        state.stage.isEnd || state.isWithPerson || state.closed != nil
    }
}
