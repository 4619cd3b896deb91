import AgentCore
import ConnectorProtocol
import Cryptography
import SQLStore
import Synchronization
import Testing
import Values

@Suite("Sealing at the limits of a batch")
struct SealingTests {
    private static let sealer = Spool.Sealer(agent: "agent-1", source: AgentWorld.source)

    /// A document of `count` events of some 14 KiB each.
    private static func large(_ key: String, count: Int) throws -> DocumentRecord {
        let schema = BuiltInSchemas.schema(of: .purchaseOrderChanged)
        let stamp = try #require(LocalDateTime(sap: "20261125092959"))
        let events = (1...count).map { number in
            let data = SecureRandom.system.bytes(14_000)
            let event = Event(
                source: AgentWorld.source, type: schema.type, subject: "\(key)-\(number)",
                businessKey: "purchase_order:\(key)", transition: "changed", version: .named("\(number)"),
                origin: .live, time: EventTime(stamp: stamp, precision: .second, offsetSeconds: 0),
                detectedAt: .first, schema: schema.digest, data: data)
            return SpoolEvent(bytes: event.bytes, id: event.id, schema: schema)
        }
        return DocumentRecord(
            key: StampedKey(documentKey: key, stamp: stamp), trigger: .window, origin: .live,
            result: .told(events, watch: nil))
    }

    private static func begun(_ world: AgentWorld) async throws -> Agent {
        var limits = SpoolLimits()
        limits.batchBytesLimit = 64 << 10
        let agent = try await world.agent(limits: limits)
        try await agent.round()
        return agent
    }

    @Test("A document larger than a batch stands in two, and is read again when only the second is lost")
    func splitDocument() async throws {
        let world = try AgentWorld()
        let agent = try await Self.begun(world)
        try await agent.spool.record([try Self.large("9", count: 5)], stream: SAPTable.stream)
        let first = try await agent.uploader.turn(.live)
        #expect(first == .acknowledged)
        let early = world.relay.snapshot()
        #expect(try await agent.uploader.turn(.live) == .acknowledged)
        #expect(try await agent.uploader.turn(.live) == .idle)
        #expect(world.relay.heldSubjects.count == 5)
        world.advance(15 * 86_400)
        _ = try await agent.sync.turn()
        _ = try await agent.spool.prune()
        world.relay.restore(early)
        _ = try await agent.sync.turn()
        let pending = try await agent.spool.duePending(SAPTable.stream, limit: 10)
        #expect(pending.map(\.key.documentKey) == ["9"])
        let told = try await agent.spool.database.read { sql in
            try sql.first("SELECT count(*) FROM told WHERE document_key = '9'")?.integer(0)
        }
        #expect(told == 0)
    }

    @Test("Which batches a split document stands in, the ledger keeps until they are lost")
    func splitKept() async throws {
        let world = try AgentWorld()
        let agent = try await Self.begun(world)
        try await agent.spool.record([try Self.large("9", count: 5)], stream: SAPTable.stream)
        try await agent.upload()
        let named = try await agent.spool.database.read { sql in
            try sql.query("SELECT DISTINCT batch FROM split_units").count
        }
        #expect(named == 2)
        let row = try await agent.spool.database.read { sql in
            try sql.first(
                "SELECT batch = (SELECT max(batch) FROM split_units) FROM ledger WHERE document_key = '9'")?
                .boolean(0)
        }
        #expect(row == true)
    }

    @Test("A claim larger than a batch is withdrawn with a notice, and nothing behind it is stuck")
    func hugeClaim() async throws {
        let world = try AgentWorld()
        let agent = try await Self.begun(world)
        let before = try #require(world.relay.covered(SAPTable.stream, 1))
        let hint = String(repeating: "x", count: 225)
        let stamp = world.sap.content.withLock { $0.now }
        let records = (0..<300).map { number in
            DocumentRecord(
                key: StampedKey(documentKey: "p\(number)", stamp: stamp, hints: ["h": hint]),
                trigger: .window, origin: .live,
                result: .failed(errorClass: "not_authorized", sentence: "No authorisation."))
        }
        try await agent.spool.record(records, stream: SAPTable.stream)
        world.advance(120)
        world.sap.content.withLock { $0.unreadable = Set(records.map(\.key.documentKey)) }
        world.sap.commit("1")
        try await agent.settle(rounds: 1)
        #expect(world.relay.heldSubjects == ["1 posted", "1 received"])
        #expect(world.relay.covered(SAPTable.stream, 1) == before)
        let notices = try await agent.spool.database.read { sql in
            try sql.query("SELECT type FROM notices").map { try $0.text(0) }
        }
        #expect(notices == ["connector.coverage_withheld"])
        world.sap.content.withLock { $0.unreadable = [] }
        for _ in 0..<8 {
            world.advance(130)
            try await agent.round()
        }
        let covered = try #require(world.relay.covered(SAPTable.stream, 1))
        #expect(covered > before)
        #expect(world.relay.coverageGaps == 0)
    }

    @Test("What piles up while the relay is away is sealed in whole batches, with its moves in order")
    func pilesUp() async throws {
        let world = try AgentWorld()
        let agent = try await Self.begun(world)
        world.relay.setReachable(false)
        for number in 0..<1_100 { world.sap.commit("d\(number)") }
        world.advance(60)
        try await agent.poll()
        try await agent.spool.sealFullBatches(.live, Self.sealer)
        let sealed = try await agent.spool.database.read { sql in
            try sql.query("SELECT events FROM batches WHERE acknowledged = 0 ORDER BY id").map { row in
                try row.integer(0)
            }
        }
        #expect(sealed.allSatisfy { (1...1_000).contains($0) } && sealed.count > 2)
        world.relay.setReachable(true)
        try await agent.settle(rounds: 2)
        #expect(world.relay.heldSubjects.count == 2_200)
    }
}
