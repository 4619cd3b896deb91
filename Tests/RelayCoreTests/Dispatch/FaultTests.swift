import HTTPTransport
import Messaging
import SQLStore
import Testing

@testable import RelayCore

/// A database that fails, or a process that ends, at any one statement of a message's life.
@Suite("A failure at any statement of sending and applying")
struct FaultTests {
    /// Which transaction fails.
    enum Step: CaseIterable, Sendable {
        case intent, outcome, callback, stop, listing, sweep
    }

    @Test(
        "Whatever statement fails, the message is sent exactly once and no proof is lost",
        arguments: Step.allCases)
    func anyStatement(step: Step) async throws {
        var statement = 0
        while statement < 200, try await fails(step, before: statement) { statement += 1 }
        #expect((3..<200).contains(statement), "what was put to the test, and that it ends")
    }

    /// False where the step had fewer statements.
    private func fails(_ step: Step, before statement: Int) async throws -> Bool {
        let world = try await SendingWorld()
        try await world.add(policy: "at-least-once")
        let node = try await world.node("a")
        if step != .intent, step != .outcome {
            world.provider.plan(.acceptAndLose)
            try await prepare(step, world, node)
        }
        if step == .outcome {
            let transfer = try #require(try await node.dispatch.begin(as: node.ownership).first)
            let report = await node.dispatch.send(transfer)
            world.faults.kill(before: statement)
            await node.dispatch.record(report, of: transfer, as: node.ownership)
        } else {
            world.faults.kill(before: statement)
            do { try await run(step, world, node) } catch is Killed {}
        }
        let happened = !world.faults.spare()
        try await rest(world)
        let state = try await world.load()
        #expect(world.provider.accepted.count == 1, "\(step), statement \(statement)")
        #expect(state.isUpToDate && state.isSound, "\(step), statement \(statement)")
        let expected: NotificationState.Stage = step == .callback ? .delivered : .accepted
        #expect(state.stage == expected, "\(step), statement \(statement): \(state.stage)")
        return happened
    }

    private func prepare(_ step: Step, _ world: SendingWorld, _ node: SendingNode) async throws {
        if step == .sweep {
            let transfer = try #require(try await node.dispatch.begin(as: node.ownership).first)
            _ = await node.dispatch.send(transfer)
            return try await node.advance(.seconds(91))
        }
        try await node.send()
        if step == .callback {
            try await world.callback("delivered", of: try #require(world.provider.accepted.first))
        }
        if step == .listing { try await node.advance(.seconds(31)) }
    }

    private func run(_ step: Step, _ world: SendingWorld, _ node: SendingNode) async throws {
        switch step {
        case .intent: try await node.send()
        case .stop: try await world.inbound("STOP", from: "+491519999999")
        default: try await node.settle()
        }
    }

    /// Another node takes over, and time passes until all is known.
    private func rest(_ world: SendingWorld) async throws {
        let node = try await world.node("b")
        for _ in 0..<8 {
            try await node.turns()
            try await node.advance(.seconds(300))
        }
    }
}
