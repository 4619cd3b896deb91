import AgentCore
import ConnectorProtocol
import SQLStore
import Synchronization
import Testing

@Suite("Pruning of the spool")
struct PruningTests {
    private static func kept(_ agent: Agent) async throws -> Int64? {
        try await agent.spool.database.read { sql in
            try sql.first("SELECT count(*) FROM batches WHERE body IS NOT NULL")?.integer(0)
        }
    }

    @Test("Acknowledged batches are kept for fourteen days, and none that waits is let go")
    func age() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        world.advance(13 * 86_400)
        _ = try await agent.sync.turn()
        #expect(try await agent.spool.prune().batches == 0)
        world.advance(2 * 86_400)
        _ = try await agent.sync.turn()
        world.sap.commit("1")
        try await agent.poll()
        _ = try await agent.spool.nextBatch(.live, Spool.Sealer(agent: "agent-1", source: AgentWorld.source))
        #expect(try await agent.spool.prune().batches == 1)
        #expect(try await Self.kept(agent) == 1)
        try await agent.upload()
        #expect(world.relay.heldSubjects == ["1 posted", "1 received"])
    }

    @Test("A host's clock that is put right by years lets nothing go", arguments: [Int64(3), -3])
    func clockPutRight(years: Int64) async throws {
        let world = try AgentWorld(hostTime: 1_795_600_000_000 - years * 365 * 86_400_000)
        let agent = try await world.agent()
        try await agent.round()
        world.hostTime.withLock { $0 += years * 365 * 86_400_000 }
        #expect(try await agent.spool.prune().batches == 0)
        _ = try await agent.sync.turn()
        #expect(try await agent.spool.prune().batches == 0)
        #expect(try await Self.kept(agent) == 1)
    }

    @Test("Above the limit of kept bytes the oldest go first")
    func size() async throws {
        let world = try AgentWorld()
        var limits = SpoolLimits()
        limits.keptBytesLimit = 1_500
        let agent = try await world.agent(limits: limits)
        for number in 1...5 {
            try await agent.round()
            world.advance(60)
            world.sap.commit("\(number)")
        }
        _ = try await agent.spool.prune()
        let rows = try await agent.spool.database.read { sql in
            try sql.query("SELECT size, body IS NULL FROM batches ORDER BY id").map { row in
                (try row.integer(0), try row.boolean(1))
            }
        }
        let size = rows.filter { !$0.1 }.reduce(0) { $0 + $1.0 }
        #expect(size > 0 && size <= 1_500)
        let firstKept = try #require(rows.firstIndex { !$0.1 })
        #expect(rows[..<firstKept].allSatisfy(\.1) && rows[firstKept...].allSatisfy { !$0.1 })
    }

    @Test("A document that does not become final is watched for 400 days of SAP's time, then no more")
    func watch() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        world.advance(60)
        world.sap.content.withLock { $0.parked = ["1"] }
        world.sap.commit("1")
        try await agent.settle(rounds: 1)
        let watched = { world.relay.state.withLock { $0.stored.watch.count } }
        #expect(watched() == 1)
        // The host's clock alone decides nothing about SAP's rows.
        world.hostTime.withLock { $0 += 500 * 86_400_000 }
        _ = try await agent.spool.prune()
        try await agent.settle(rounds: 1)
        #expect(watched() == 1)
        world.hostTime.withLock { $0 -= 500 * 86_400_000 }
        for (days, isWatched) in [(Int64(399), true), (2, false)] {
            world.advance(days * 86_400)
            try await agent.round()
            _ = try await agent.spool.prune()
            try await agent.round()
            #expect((watched() == 1) == isWatched)
        }
        let notices = try await agent.spool.database.read { sql in
            try sql.query("SELECT text FROM notices WHERE type = 'connector.watch_ended'").count
        }
        #expect(notices == 1)
    }

    @Test("Facts go when no tier can read them any more, and what is watched keeps its ids")
    func ledger() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        world.advance(60)
        world.sap.content.withLock { $0.parked = ["2"] }
        world.sap.commit("1", "2")
        try await agent.settle(rounds: 1)
        for _ in 0..<8 {
            world.advance(10 * 86_400)
            try await agent.round()
            _ = try await agent.spool.prune()
        }
        let keys = try await agent.spool.database.read { sql in
            try sql.query("SELECT document_key FROM told").map { try $0.text(0) }
        }
        #expect(keys == ["2"])
        world.sap.content.withLock { $0.parked = [] }
        world.advance(4_000)
        try await agent.settle(rounds: 2)
        #expect(world.relay.heldSubjects == ["1 posted", "1 received", "2 posted", "2 received"])
        let counts = world.relay.state.withLock { Array($0.everJournaled.values) }
        #expect(counts.allSatisfy { $0 == 1 })
    }
}
