import ConnectorProtocol
import Cryptography
import SQLStore
import TestSupport
import Testing
import Values

@testable import RelayCore

@Suite("What was received becomes events, decisions and notifications")
struct ProcessLoopTests {
    @Test("An order with its masters becomes one scheduled text message to its buyer")
    func order() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.user(), Sample.vendor(), Sample.order()])
        try await fixture.settle()
        let row = try #require(try await fixture.rows("SELECT * FROM notification WHERE tenant = ?1").first)
        #expect(try row.text("state") == "scheduled")
        #expect(try row.text("body") == "Bestellung 4500000001 an Müller & Söhne: 1234,50 EUR")
        #expect(try row.text("address") == "+491701234567")
        #expect(try row.text("recipient_name") == "Anna Meier")
        #expect(try row.text("locale") == "de")
        #expect(try row.text("account") == "text")
        #expect(try row.text("sender") == "+4915735990000")
        #expect(try row.text("role") == "buyer")
        #expect(try row.moment("deadline_at") == ProcessFixture.start + .seconds(86_400))
        #expect(try row.text("notification").utf8.count == 32)
        #expect(try await fixture.count("notification") == 1)
        #expect(try await fixture.count("event") == 3)
        #expect(try await fixture.count("decision") == 3)
        #expect(try await fixture.count("audit_entry", where: "action = 'notification.created'") == 1)
        #expect(try await fixture.texts("SELECT state FROM batch WHERE tenant = ?1") == ["processed"])
    }

    @Test("The loop is woken by what is received, wakes dispatch, and ends when it is cancelled")
    func runs() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.user()])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await fixture.loop.run(as: fixture.owner) }
            #expect(try await eventually { try await fixture.count("event") == 1 })
            try await fixture.receive([Sample.order()])
            fixture.received.notify()
            await fixture.scheduled.wait(upTo: .seconds(20))
            #expect(try await fixture.count("notification", where: "state = 'scheduled'") == 1)
            group.cancelAll()
        }
    }

    @Test(
        "After a restore what is made may have been told before: it is held, and evidence that came first counts"
    )
    func restored() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        let other = try await ProcessFixture()
        try await other.apply(Sample.rules)
        try await other.receive([Sample.user(), Sample.order()])
        try await other.settle()
        let id = try #require(
            try await other.texts("SELECT notification FROM notification WHERE tenant = ?1").first)
        _ = try await fixture.scope.write { statements in
            try statements.run("UPDATE tenant SET recovering = 1 WHERE tenant = ?1")
            return try statements.run(
                """
                INSERT INTO evidence (tenant, evidence, kind, notification, received_at, applied_at)
                VALUES (?1, 1, 'callback', ?2, 0, NULL), (?1, 2, 'callback', ?2, 0, 5)
                """, [.text(id)])
        }
        try await fixture.receive([Sample.user(), Sample.order()])
        try await fixture.settle()
        let row = try #require(try await fixture.rows("SELECT * FROM notification WHERE tenant = ?1").first)
        #expect(try row.text("notification") == id)
        #expect(try row.text("state") == "held")
        #expect(try row.text("held_reason") == "recovered")
        #expect(try row.boolean("recovered"))
        #expect(try (row.integer("evidence"), row.integer("applied")) == (2, 1))
    }
}

@Suite("Every moment of death leaves all of a part or nothing of it")
struct ProcessCrashTests {
    @Test("A process killed before any of its statements goes on from where it was")
    func killed() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.user(), Sample.vendor(), Sample.order(), Sample.invoice("51")])
        // The first turn also stores schemas of its own, in a transaction before.
        _ = try await fixture.restarted().turn(as: fixture.owner)
        try await fixture.receive([
            Sample.vendor(state: "s2", at: 60), Sample.order("4500000002"), Sample.invoice("52"),
        ])
        let before = try await Counts(fixture)
        var statement = 0
        while true {
            fixture.database.kill(before: statement)
            do {
                try await fixture.settle(fixture.restarted())
            } catch is Killed {}
            if fixture.database.spare() { break }
            statement += 1
            if try await Counts(fixture) != before { break }
        }
        // The last kill may have hit a transaction behind the batch's: everything before it left no trace.
        #expect(statement > 40)
        try await fixture.settle(fixture.restarted())
        let after = try await Counts(fixture)
        #expect(after.events == before.events + 4)
        #expect(after.notifications == before.notifications + 2)
        #expect(after.decisions == after.events)
        #expect(after.received == 0)
    }

    @Test(
        "Whatever is sent how often by whom, and killed when: each fact is one event, told once",
        arguments: 1...6)
    func seeded(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        var loop = fixture.restarted()
        for _ in 0..<25 {
            var events: [Event] = try (0..<Int.random(in: 1...4, using: &random)).map { _ in
                try Sample.order("45\(Int.random(in: 100...129, using: &random))")
            }
            if Bool.random(using: &random) {
                events.insert(try Sample.user(state: "s\(Int.random(in: 1...2, using: &random))"), at: 0)
            }
            let isFirst = Bool.random(using: &random)
            try await fixture.receive(
                events, agent: isFirst ? "agent-a" : "agent-b", lineage: isFirst ? 1 : 2)
            fixture.database.kill(before: Int.random(in: 0...60, using: &random))
            do {
                if Bool.random(using: &random) { try await fixture.settle(loop) }
            } catch is Killed {
                loop = fixture.restarted()
            }
            _ = fixture.database.spare()
        }
        try await fixture.settle(fixture.restarted())
        let facts = try await fixture.count("event", where: "kind = 'fact'")
        let subjects = try await fixture.texts(
            "SELECT DISTINCT subject FROM event WHERE tenant = ?1 AND kind = 'fact'")
        #expect(facts == Int64(subjects.count))
        #expect(try await fixture.count("notification") == facts)
        #expect(try await fixture.count("notification", where: "state = 'scheduled'") == facts)
        #expect(try await fixture.count("decision") == (try await fixture.count("event")))
        let leaves = try await fixture.count("leaf")
        let sightings = try await fixture.count("event_sighting")
        #expect(leaves == sightings + (try await fixture.count("event")))
        #expect(try await fixture.count("batch", where: "state = 'received'") == 0)
    }

    @Test("A node that lost the tenant writes nothing")
    func fenced() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.receive([Sample.order()])
        let now = fixture.now
        _ = try await fixture.scope.write {
            try TenantOwnership.take($0, node: "other", deadOwner: true, now: now)
        }
        await #expect(throws: TenancyError.notOwner(.first)) {
            _ = try await fixture.loop.turn(as: fixture.owner)
        }
        #expect(try await fixture.count("event") == 0)
    }

    @Test("A batch of 1,000 is taken 500 at a time, and a death between the parts costs nothing")
    func split() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.user()])
        try await fixture.settle()
        try await fixture.receive((0..<1_000).map { try Sample.order("45\(10_000_000 + $0)") })
        _ = try await fixture.loop.turn(as: fixture.owner)
        #expect(try await fixture.count("event", where: "kind = 'fact'") == 500)
        #expect(try await fixture.count("batch", where: "next_position = 500 AND state = 'received'") == 1)
        try await fixture.settle(fixture.restarted())
        #expect(try await fixture.count("event", where: "kind = 'fact'") == 1_000)
        #expect(try await fixture.count("notification", where: "state = 'scheduled'") == 1_000)
        #expect(try await fixture.count("batch", where: "state = 'received'") == 0)
    }

    @Test("A live document does not wait behind a backfill that came before it")
    func lanes() async throws {
        let fixture = try await ProcessFixture()
        for batch in 0..<3 {
            try await fixture.receive(
                (0..<600).map { try Sample.order("4\(batch)\(10_000 + $0)", origin: .backfill) }, lane: "bulk"
            )
        }
        _ = try await fixture.loop.turn(as: fixture.owner)
        try await fixture.receive([Sample.order("4500000001")])
        try await fixture.receive([Sample.order("4500000002")])
        for expected in ["4500000001", "4500000002"] {
            _ = try await fixture.loop.turn(as: fixture.owner)
            #expect(
                try await fixture.texts(
                    "SELECT subject FROM event WHERE tenant = ?1 ORDER BY event DESC LIMIT 1") == [expected])
        }
        try await fixture.settle(fixture.restarted())
        #expect(try await fixture.count("event") == 1_802)
        #expect(try await fixture.count("batch", where: "state = 'received'") == 0)
    }

    private struct Counts: Equatable {
        let events, decisions, notifications, identities, parties, audits, received: Int64

        init(_ fixture: ProcessFixture) async throws {
            events = try await fixture.count("event")
            decisions = try await fixture.count("decision")
            notifications = try await fixture.count("notification")
            identities = try await fixture.count("notification_identity")
            parties = try await fixture.count("directory_party")
            audits = try await fixture.count("audit_entry")
            received = try await fixture.count("batch", where: "state = 'received'")
        }
    }
}

@Suite("One fact is one event, whoever brings it")
struct EventIdentityTests {
    @Test("The same order from another batch, feed and agent is one more sighting, and nothing is told again")
    func sightings() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.user(), Sample.order()])
        try await fixture.receive([Sample.order()])
        var other = try Sample.order()
        other.feed = "idoc"
        other.detectedAt = (ProcessFixture.start + .seconds(90)).timestamp
        try await fixture.receive([other, other], agent: "agent-b", lineage: 2)
        try await fixture.settle()
        #expect(try await fixture.count("event", where: "kind = 'fact'") == 1)
        #expect(try await fixture.count("event_sighting") == 3)
        #expect(try await fixture.count("notification") == 1)
        #expect(try await fixture.count("decision") == 2)
    }

    @Test("A known number with another creation stamp is another document, and a person may hear of it")
    func reused() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.receive([Sample.order(), Sample.order(created: "20270101")])
        try await fixture.receive([
            Sample.order(created: "20270101"),
            Sample.order(type: .purchaseOrderEffective, created: "20270101"),
        ])
        try await fixture.settle()
        let types = try await fixture.texts("SELECT type FROM event WHERE tenant = ?1 ORDER BY event")
        #expect(
            types == [
                "sap.purchase_order.created", "sap.purchase_order.created", "connector.number_reused",
                "sap.purchase_order.effective",
            ])
        #expect(try await fixture.count("decision") == 4)
    }

    @Test(
        "What is loaded or filled in later is journaled and feeds the directory, and nobody is told",
        arguments: [(Origin.live, 1), (.late, 1), (.backfill, 0), (.initial, 0)] as [(Origin, Int64)])
    func origins(origin: Origin, told: Int64) async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.user()])
        try await fixture.receive(
            [Sample.vendor(origin: origin), Sample.order(origin: origin)], lane: "bulk")
        try await fixture.settle()
        #expect(try await fixture.count("notification") == told)
        #expect(try await fixture.count("directory_party", where: "kind = 'vendor'") == 1)
        #expect(try await fixture.count("decision", where: "outcome = 'not_told'") == (told == 1 ? 0 : 2))
    }
}

@Suite("Bad input harms nothing else")
struct QuarantineTests {
    @Test("What cannot be decoded goes to quarantine with its reason, and its neighbours go on")
    func quarantine() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        var unknown = try Sample.order("4500000009")
        unknown.schema = try EventSchema(type: "x", fields: [FieldSchema("a", 1, .text)]).digest
        var wrong = try Sample.order("4500000010")
        wrong.schema = BuiltInSchemas.schema(of: .vendor).digest
        var damaged = try Sample.order("4500000011")
        damaged.data = [0x0A, 0xFF]
        try await fixture.receive(bytes: [
            try Sample.user().bytes, [1, 2, 3], unknown.bytes, wrong.bytes, damaged.bytes,
            try Sample.order().bytes,
        ])
        try await fixture.settle()
        let codes = try await fixture.texts("SELECT code FROM quarantine WHERE tenant = ?1 ORDER BY position")
        #expect(codes == ["malformed", "unknown_schema", "wrong_schema", "malformed"])
        #expect(try await fixture.count("notification", where: "state = 'scheduled'") == 1)
        #expect(try await fixture.count("batch", where: "state = 'processed'") == 1)
    }

    @Test("A quarantined event that can be read by now is taken when a person asks for it")
    func again() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        let schema = try EventSchema(type: "zz.custom.created", fields: [FieldSchema("a", 1, .text)])
        var event = try Sample.order("4500000009")
        event.type = schema.type
        event.schema = schema.digest
        event.data = try RecordEncoder.encode(Record([1: .text("x")]), by: schema.fields)
        try await fixture.receive([event, Sample.order()])
        try await fixture.settle()
        #expect(try await fixture.count("event") == 1)
        _ = try await fixture.scope.write { statements in
            try statements.run("UPDATE quarantine SET state = 'retry' WHERE tenant = ?1")
        }
        try await fixture.settle()
        #expect(try await fixture.count("quarantine", where: "state = 'open' AND tries = 2") == 1)
        _ = try await fixture.scope.write { statements in
            try statements.run(
                """
                INSERT INTO event_schema (tenant, digest, type, bytes, received_at) VALUES (?1, ?2, ?3, ?4, 0)
                """, [.blob(schema.digest.bytes), .text(schema.type), .blob(schema.bytes)])
            return try statements.run("UPDATE quarantine SET state = 'retry' WHERE tenant = ?1")
        }
        try await fixture.settle()
        #expect(try await fixture.count("quarantine", where: "state = 'done' AND settled_by = 'node'") == 1)
        #expect(try await fixture.count("event", where: "type = 'zz.custom.created'") == 1)
    }
}
