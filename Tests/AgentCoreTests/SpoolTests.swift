import AgentCore
import ConnectorProtocol
import Cryptography
import SQLStore
import TestSupport
import Testing
import Values

@Suite("Spool")
struct SpoolTests {
    private static let stream = "purchase_order.created"
    private static let sealer = Spool.Sealer(agent: "agent-1", source: "/sap/PRD/100")

    private static func at(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(sap: text)) }

    private static func open(_ folder: TemporaryFolder) async throws -> Spool {
        let database = try await SQLiteDatabase.open(path: folder.file("spool.db"))
        return try await Spool.open(database, clock: HostClock { 1_795_600_000_000 })
    }

    private static func key(_ number: Int) throws -> StampedKey {
        StampedKey(
            documentKey: "450000000\(number)", stamp: try at("20261125092959"), hints: ["ERNAM": "A%\tB"])
    }

    private static func event(_ number: Int) throws -> SpoolEvent {
        let schema = try EventSchema(
            type: "sap.purchase_order.created", fields: [FieldSchema("number", 1, .key, maxLength: 10)])
        let event = Event(
            source: sealer.source, type: schema.type, subject: "450000000\(number)",
            businessKey: "purchase_order:450000000\(number)", transition: "created", version: .named("1"),
            origin: .live,
            time: EventTime(stamp: try at("20261125092959"), precision: .second, offsetSeconds: 3_600),
            detectedAt: Timestamp(milliseconds: 1_795_600_000_000), schema: schema.digest, data: [10, 1, 65],
            feed: "purchase_order")
        return SpoolEvent(bytes: event.bytes, id: event.id, schema: schema)
    }

    private static func begun(_ folder: TemporaryFolder, baseline: [StampedKey] = []) async throws -> Spool {
        let spool = try await open(folder)
        let now = try at("20261125093000")
        try await spool.recordBaseline(baseline, stream: stream)
        try await spool.beginStream(
            stream, clock: .first(at: now, isDateOnly: false), from: now.moved(by: -7 * 86_400))
        return spool
    }

    private static func told(_ number: Int, watch: WatchReason? = nil) throws -> DocumentRecord {
        DocumentRecord(
            key: try key(number), trigger: .window, origin: .live,
            result: .told([try event(number)], watch: watch))
    }

    private static func opened(_ batch: OutgoingBatch?) throws -> OpenedBatch {
        let batch = try #require(batch)
        return try OpenedBatch(body: batch.body, manifestDigest: batch.digest)
    }

    @Test("Baseline keys are seen and never told, and each tier claims from there (H9)")
    func baseline() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.begun(folder, baseline: [try Self.key(1)])
        let unseen = try await spool.unseen([try Self.key(1), try Self.key(2)], stream: Self.stream)
        #expect(unseen.map(\.documentKey) == ["4500000002"])
        let batch = try Self.opened(try await spool.nextBatch(.live, Self.sealer))
        #expect(batch.events.isEmpty)
        #expect(batch.manifest.claims.map(\.tier) == [1, 2, 3])
        #expect(batch.manifest.claims.map(\.isBaseline) == [true, true, true])
    }

    @Test("What waits and cannot be read stops the sealing and stays", arguments: ["claim", "watch"])
    func damaged(_ kind: String) async throws {
        let spool = try await Self.begun(try TemporaryFolder())
        try await spool.record([try Self.told(1, watch: .held)], stream: Self.stream)
        _ = try await spool.database.write { sql in
            try sql.execute("UPDATE outbox SET bytes = x'00' WHERE kind = ?", [.text(kind)])
        }
        let before = try await Self.waiting(spool)
        await #expect(throws: SpoolError.self) { try await spool.nextBatch(.live, Self.sealer) }
        #expect(try await Self.waiting(spool) == before)
    }

    private static func waiting(_ spool: Spool) async throws -> Int64? {
        try await spool.database.read { try $0.first("SELECT count(*) FROM outbox")?.integer(0) }
    }

    @Test("A claim rides behind its events in their lane and names all that is pending (H11, H15)")
    func claimNamesPending() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.begun(folder)
        let failed = DocumentRecord(
            key: try Self.key(2), trigger: .window, origin: .live,
            result: .failed(errorClass: "not_authorized", sentence: "No authorisation for the document."))
        try await spool.record([try Self.told(1), failed], stream: Self.stream)
        var clock = try #require(
            try await spool.streamClock(Self.stream, isDateOnly: false, depths: DetectionDepths()))
        let now = try Self.at("20261125093100")
        let slice = try #require(clock.window(of: .recent, at: now).last)
        clock.complete(slice, of: .recent)
        try await spool.completeSlice(slice, tier: .recent, stream: Self.stream, clock: clock)
        let batch = try Self.opened(try await spool.nextBatch(.live, Self.sealer))
        #expect(batch.events.count == 1)
        let claim = try #require(batch.manifest.claims.last)
        #expect(claim.readTo == now)
        #expect(claim.pending.map(\.key) == ["4500000002"])
        #expect(claim.pending.first?.hints == ["ERNAM": "A%\tB"])
        #expect(batch.manifest.pending.entered.map(\.reason) == ["not_authorized"])
        let stored = try await spool.streamClock(Self.stream, isDateOnly: false, depths: DetectionDepths())
        #expect(stored == clock)
    }

    @Test("A batch is durable before it leaves: after a restart the same bytes come out")
    func durableBatch() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.begun(folder)
        try await spool.record([try Self.told(1)], stream: Self.stream)
        let first = try await spool.nextBatch(.live, Self.sealer)
        let again = try await Self.open(folder).nextBatch(.live, Self.sealer)
        #expect(first != nil)
        #expect(again == first)
    }

    @Test("A document read twice tells each of its facts once")
    func toldOnce() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.begun(folder)
        try await spool.record([try Self.told(1, watch: .awaitingPosting)], stream: Self.stream)
        let again = DocumentRecord(
            key: try Self.key(1), trigger: .watch, origin: .live,
            result: .told([try Self.event(1)], watch: nil))
        try await spool.record([again], stream: Self.stream)
        let batch = try Self.opened(try await spool.nextBatch(.live, Self.sealer))
        #expect(batch.events.count == 1)
        #expect(batch.manifest.watch.left.map(\.key) == ["4500000001"])
        let unseen = try await spool.unseen([try Self.key(1)], stream: Self.stream)
        #expect(unseen.isEmpty)
    }

    @Test("An equal state of a master is not sent again, and a fresh one is not read again")
    func masterState() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        var master = try Self.event(1)
        master.state = SpoolEvent.State(
            kind: "vendor", key: "0000001000", digest: SHA256.hash("one"), begunAt: 1_795_600_000_000)
        try await spool.recordMasters([master], answered: [])
        try await spool.recordMasters([master], answered: [])
        let batch = try Self.opened(try await spool.nextBatch(.live, Self.sealer))
        #expect(batch.events.count == 1)
        let stale = try await spool.stale(
            [MasterReference(feed: "vendor", key: "0000001000"), MasterReference(feed: "user", key: "A")],
            age: .seconds(900))
        #expect(stale.map(\.feed) == ["user"])
    }

    @Test("Of two feeds that read one master, the one that read it later is right, whoever records it last")
    func overtakenMaster() async throws {
        let spool = try await Self.open(try TemporaryFolder())
        var master = try Self.event(1)
        for (state, begunAt) in [("new", Int64(2_000)), ("old", 1_000)] {
            master.state = SpoolEvent.State(
                kind: "vendor", key: "0000001000", digest: SHA256.hash(state), begunAt: begunAt)
            try await spool.recordMasters([master], answered: [])
        }
        let batch = try Self.opened(try await spool.nextBatch(.live, Self.sealer))
        #expect(batch.events.count == 1)
        let held = try await spool.database.read { sql in
            try sql.first("SELECT digest FROM states")?.blob(0)
        }
        #expect(held == SHA256.hash("new").bytes)
    }

    @Test("A key set aside travels whole, whatever stands in its hints")
    func oddHints() async throws {
        let spool = try await Self.begun(try TemporaryFolder())
        let hints = ["a": "\r", "b": "x\r\n%0A\t%", "c": "\r"]
        for number in 1...2 {
            let failed = DocumentRecord(
                key: StampedKey(
                    documentKey: "\(number)\r", stamp: try Self.at("20261125092959"), hints: hints),
                trigger: .window, origin: .live, result: .failed(errorClass: "unreadable", sentence: "No."))
            try await spool.record([failed], stream: Self.stream)
        }
        var clock = try #require(
            try await spool.streamClock(Self.stream, isDateOnly: false, depths: DetectionDepths()))
        let slice = try #require(clock.window(of: .recent, at: try Self.at("20261125093100")).last)
        clock.complete(slice, of: .recent)
        try await spool.completeSlice(slice, tier: .recent, stream: Self.stream, clock: clock)
        let manifest = try Self.opened(try await spool.nextBatch(.live, Self.sealer)).manifest
        #expect(manifest.pending.entered.map(\.hints) == [hints, hints])
        #expect(manifest.claims.last?.pending.map(\.key) == ["1\r", "2\r"])
        #expect(try await spool.duePending(Self.stream, limit: 9).isEmpty)
    }

    @Test("An empty lane has nothing to send")
    func emptyLane() async throws {
        let folder = try TemporaryFolder()
        let spool = try await Self.open(folder)
        let batch = try await spool.nextBatch(.bulk, Self.sealer)
        let hasWork = try await spool.hasWork(.bulk)
        #expect(batch == nil)
        #expect(!hasWork)
    }
}
