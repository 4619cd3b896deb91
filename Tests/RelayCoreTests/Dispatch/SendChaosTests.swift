import Messaging
import TestSupport
import Testing

@testable import RelayCore

/// Nodes that end, lose the tenant and come back, over the real tables and a provider that knows the truth.
@Suite("Sending while nodes end and the tenant changes hands")
struct SendChaosTests {
    private struct Run {
        let world: SendingWorld
        var random: SeededRandom
        var node: SendingNode
        /// Transfers that some node has begun and not brought an outcome of.
        var open: [(node: SendingNode, transfer: Transfer)] = []
        /// Answers that a node holds and has not written.
        var answers: [(node: SendingNode, transfer: Transfer, report: SendReport)] = []
    }

    @Test(
        "Every message is taken exactly once under at-least-once, at most once otherwise; no state lies",
        arguments: [NotificationState.Policy.atLeastOnce, .atMostOnce], 1...30)
    func walk(policy: NotificationState.Policy, seed: Int) async throws {
        let world = try await SendingWorld()
        let ids = ["n1", "n2", "n3", "n4"]
        for (number, id) in ids.enumerated() {
            try await world.add(
                id, to: "+49151123456\(number % 2)0", body: "Order \(number)", policy: policy.rawValue)
        }
        var run = Run(
            world: world, random: SeededRandom(seed: UInt64(seed)), node: try await world.node("a0"))
        for step in 1...70 { try await self.step(&run, step) }
        // What is left comes to rest: outcomes of dead nodes are lost.
        for _ in 0..<40 {
            try await run.node.advance(.seconds(400))
            try await run.node.turns()
        }
        for id in ids {
            let taken = world.provider.accepted.count { $0.notification == id }
            let state = try await world.load(id)
            #expect(taken <= 1, "\(id) was taken \(taken) times: seed \(seed)")
            #expect(state.isSound)
            switch state.stage {
            case .accepted, .sent, .delivered: #expect(taken == 1, "\(id): seed \(seed)")
            case .unconfirmed: #expect(state.isWithPerson && policy == .atMostOnce, "\(id): seed \(seed)")
            default: Issue.record("\(id) ends as \(state.stage): seed \(seed)")
            }
        }
    }

    private func step(_ run: inout Run, _ number: Int) async throws {
        switch Int.random(in: 0..<12, using: &run.random) {
        case 0, 1, 2:
            for transfer in try await run.node.dispatch.begin(as: run.node.ownership) {
                run.open.append((run.node, transfer))
            }
        case 3, 4: try await transfer(&run)
        case 5, 6:
            guard let index = run.answers.indices.randomElement(using: &run.random) else { return }
            let answer = run.answers.remove(at: index)
            await answer.node.dispatch.record(
                answer.report, of: answer.transfer, as: answer.node.ownership)
        case 7:
            // The tenant changes hands; what the old node holds may still be brought, or is lost.
            run.node = try await run.world.node("a\(number)")
            if Bool.random(using: &run.random) {
                run.open = []
                run.answers = []
            }
        case 8:
            guard let message = run.world.provider.accepted.randomElement(using: &run.random) else { return }
            let status = Bool.random(using: &run.random) ? "sent" : "delivered"
            try await run.world.callback(status, of: message)
        case 9, 10: try await run.node.settle()
        default:
            let seconds = Int.random(in: 1..<900, using: &run.random)
            try await run.node.advance(.seconds(seconds))
        }
    }

    private func transfer(_ run: inout Run) async throws {
        guard let index = run.open.indices.randomElement(using: &run.random) else { return }
        let (node, transfer) = run.open.remove(at: index)
        switch Int.random(in: 0..<8, using: &run.random) {
        case 0: run.world.provider.plan(.lose)
        case 1, 2: run.world.provider.plan(.acceptAndLose)
        case 3: run.world.provider.plan(.cannotConnect)
        case 4: run.world.provider.plan(.answer(429, #"{"code":20429}"#))
        default: run.world.provider.plan(.accept)
        }
        // A start that is late is withheld by the node itself, and leaves its plan for nobody.
        let before = run.world.provider.creates
        let report = await node.dispatch.send(transfer)
        if run.world.provider.creates == before { run.world.provider.dropPlan() }
        run.answers.append((node, transfer, report))
    }
}
