import Synchronization

/// Decides, create by create, which faults of the plan happen; the same seed and order decide the same.
final class FaultBook: Sendable {
    private struct State {
        var plan = FaultPlan()
        var seen: [Int] = []
        var used: [Int] = []
        var generator: SeededGenerator
    }

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(generator: SeededGenerator(seed: seed))) }

    var plan: FaultPlan { state.withLock { $0.plan } }

    /// How often each fault of the plan has happened.
    var uses: [Int] { state.withLock { $0.used } }

    /// Replaces the plan; counts begin anew.
    func replace(_ plan: FaultPlan) {
        state.withLock { state in
            state.plan = plan
            state.seen = plan.faults.map { _ in 0 }
            state.used = plan.faults.map { _ in 0 }
        }
    }

    /// The faults that happen to this create.
    func faults(channel: String, to: String, isReused: Bool) -> [Fault] {
        state.withLock { state in
            var chosen: [Fault] = []
            for (index, fault) in state.plan.faults.enumerated() {
                guard fault.channel ?? channel == channel, fault.to.map(to.contains) ?? true,
                    isReused || fault.reused != true
                else { continue }
                state.seen[index] += 1
                guard state.seen[index] > fault.skip ?? 0, state.used[index] < fault.count ?? .max,
                    Double.random(in: 0..<1, using: &state.generator) < fault.probability ?? 1
                else { continue }
                state.used[index] += 1
                chosen.append(fault)
            }
            return chosen
        }
    }
}

extension [Fault] {
    /// The first fault of a kind.
    func first(_ kind: Fault.Kind) -> Fault? { first { $0.kind == kind } }
}
