import AgentCore
import ConnectorProtocol
import Synchronization
import Testing

/// A request that timed out may arrive at any later moment (facts/channel.md section 1).
@Suite("Batches that arrive after their time")
struct LateArrivalTests {
    /// An agent that has told row 1, and whose batch with row 2 is still under way.
    private static func travelling(_ world: AgentWorld) async throws -> Agent {
        let agent = try await world.agent()
        try await agent.round()
        world.advance(60)
        world.sap.commit("1")
        try await agent.round()
        world.advance(60)
        world.sap.commit("2")
        try await agent.poll()
        world.relay.fail(.delay)
        guard case .silent = try await agent.uploader.turn(.live) else {
            Issue.record("its time was not over")
            return agent
        }
        return agent
    }

    @Test(
        "Behind its own repetition it is an old answer's, and nothing is held twice",
        arguments: [true, false])
    func repeated(moreWasSent: Bool) async throws {
        let world = try AgentWorld()
        let agent = try await Self.travelling(world)
        try await agent.upload()
        if moreWasSent {
            world.advance(60)
            world.sap.commit("3")
            try await agent.round()
        }
        world.relay.arrive()
        try await agent.settle(rounds: 2)
        if moreWasSent { world.expectWhole("1", "2", "3") } else { world.expectWhole("1", "2") }
        #expect(world.relay.heldLineages == 1)
        let counts = world.relay.state.withLock { Array($0.everJournaled.values) }
        #expect(counts.allSatisfy { $0 == 1 })
    }

    @Test("Of a spool that was lost meanwhile it harms nobody, and nobody is taken for a clone (H17)")
    func spoolLost() async throws {
        let world = try AgentWorld()
        _ = try await Self.travelling(world)
        let new = try await world.agent("new.db")
        // The relay cannot tell this machine from a copy: its next grant is a fresh one, and one person is told.
        try await new.settle(rounds: 2)
        let clones = world.relay.state.withLock { $0.clones }
        world.relay.arrive()
        try await new.settle(rounds: 2)
        world.expectWhole("1", "2")
        #expect(world.relay.heldLineages == 2)
        #expect(world.relay.state.withLock { $0.clones } == clones)
        #expect(world.relay.coverageGaps == 0)
    }

    @Test(
        "Where a spool that was set back has sealed others under its number, it is refused",
        arguments: [true, false])
    func setBack(arrivesFirst: Bool) async throws {
        let world = try AgentWorld()
        let first = try await world.agent()
        try await first.round()
        try await world.copySpool(to: "copy.db")
        world.advance(60)
        world.sap.commit("1")
        try await first.poll()
        world.relay.fail(.delay)
        _ = try await first.uploader.turn(.live)
        world.advance(60)
        world.sap.commit("2")
        let copy = try await world.agent("copy.db")
        if arrivesFirst { world.relay.arrive() }
        try await copy.settle(rounds: 2)
        world.relay.arrive()
        world.advance(4_000)
        try await copy.settle(rounds: 3)
        world.expectWhole("1", "2")
        let hasWork = try await copy.spool.hasWork(.live)
        #expect(!hasWork)
        let covered = try #require(world.relay.covered(SAPTable.stream, 1))
        #expect(covered >= world.sap.content.withLock { $0.now.moved(by: -180) })
    }
}
