import ConnectorProtocol
import Cryptography
import Foundation
import SQLStore
import Testing
import Values

@testable import RelayCore

@Suite("One decision per event, with everything that made it")
struct DecisionTests {
    private static func results(_ fixture: ProcessFixture, type: String) async throws -> DecisionResults {
        let rows = try await fixture.rows(
            """
            SELECT results FROM decision JOIN event USING (tenant, event)
            WHERE tenant = ?1 AND type = '\(type)' ORDER BY event
            """)
        return try #require(rows.first.flatMap { DecisionResults(json: try $0.text(0)) })
    }

    @Test("A rule that divides by zero is a recorded error; the other rules tell")
    func failingRule() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(
            Sample.rules.replacingOccurrences(
                of: "rules:\n",
                with: """
                    rules:
                      - name: broken
                        on: sap.purchase_order.created
                        when: 10 / (size(e.currency) - 3) == 1
                        notify:
                          - channel: sms
                            recipients: [buyer]
                            template: order

                    """))
        try await fixture.receive([Sample.user(), Sample.order()])
        try await fixture.settle()
        let results = try await Self.results(fixture, type: "sap.purchase_order.created")
        #expect(results.outcome == "error")
        #expect(results.rules.map(\.rule) == ["broken", "order to buyer"])
        #expect(results.rules.map(\.result) == ["failed", "matched"])
        #expect(results.rules.first?.sentence?.isEmpty == false)
        #expect(try await fixture.count("notification", where: "rule = 'order to buyer'") == 1)
        #expect(try await fixture.count("decision", where: "outcome = 'error'") == 1)
    }

    @Test(
        "Why a rule did not match is recomputed, and equals what was stored, whatever rules are active by then"
    )
    func review() async throws {
        let fixture = try await ProcessFixture()
        let limits = ["1234.49", "1234.50", "1234.51"].map { limit in
            """
              - name: over \(limit)
                on: sap.purchase_order.created
                when: e.total_net >= \(limit)
                notify:
                  - channel: sms
                    recipients: [buyer]
                    template: order

            """
        }
        let withLimits = Sample.rules.replacingOccurrences(of: "rules:\n", with: "rules:\n" + limits.joined())
        try await fixture.apply(withLimits)
        try await fixture.receive([Sample.user(), Sample.order()])
        try await fixture.settle()
        try await fixture.apply(Sample.rules)
        try await fixture.advance(.seconds(3_600))
        let rules = fixture.rules
        let reviews = try await fixture.scope.read { statements in
            try (1...3).map { try DecisionReview.make(event: $0, statements, rules: rules) }
        }
        let review = try #require(reviews[1])
        #expect(review.verdicts.map(\.result) == ["matched", "matched", "not_matched", "matched"])
        #expect(review.agrees)
        #expect(review.verdicts[2].line == "rule over 1234.51 did not match: e.total_net >= 1234.51")
        #expect(reviews[0]?.verdicts == [])
        #expect(reviews[2] == nil)
    }

    @Test("A template that gives nothing is a recorded error and leaves no notification behind")
    func emptyTemplate() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(
            """
            rules:
              - name: silent
                on: sap.purchase_order.created
                notify:
                  - channel: sms
                    recipients: [buyer]
                    template: empty
                  - channel: email
                    recipients: [buyer]
                    template: full
            templates:
              empty:
                sms:
                  en: "{{our_reference}}"
              full:
                email:
                  en:
                    subject: "Order"
                    text: "Order {{number}}"
            """)
        try await fixture.receive([Sample.user(), Sample.order()])
        try await fixture.settle()
        let line = try #require(
            try await Self.results(fixture, type: "sap.purchase_order.created").rules.first)
        #expect(line.notifications?.map(\.result) == ["failed", "scheduled"])
        #expect(line.notifications?.first?.code == "template_empty")
        #expect(try await fixture.count("notification_identity") == 1)
        #expect(try await fixture.count("notification", where: "channel = 'email'") == 1)
    }

    @Test("A rule set that moves between decision and transaction decides anew")
    func moved() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        let silent = Sample.rules.replacingOccurrences(
            of: "on: sap.purchase_order.created", with: "on: sap.purchase_order.changed")
        try await fixture.apply(silent)
        #expect(
            try await fixture.texts("SELECT active_rule_set || '' FROM tenant WHERE tenant = ?1") == ["2"])
        try await fixture.receive([Sample.user()])
        try await fixture.settle()
        try await fixture.receive([Sample.order()])
        // Version 2, which is silent, was asked; version 1 is active when the transaction begins.
        fixture.database.interrupt { try $0.execute("UPDATE tenant SET active_rule_set = 1") }
        try await fixture.settle()
        #expect(try await fixture.count("notification", where: "rule_set = 1") == 1)
        #expect(try await fixture.count("decision", where: "rule_set = 1 AND outcome = 'matched'") == 1)
    }

    @Test("Without rules an event is journaled and decided, and told to nobody")
    func noRules() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.receive([Sample.order()])
        try await fixture.settle()
        #expect(try await fixture.count("decision", where: "outcome = 'none' AND rule_set IS NULL") == 1)
    }

    @Test(
        "Age counts from when a fact could be known, never from a bare date",
        arguments: [
            // Detected at 09:00Z on the 25th; SAP's clock is an hour ahead of UTC; the deadline is 24 h.
            ("20261125100000", false, "scheduled"), ("20261124100500", false, "scheduled"),
            ("20261124095500", false, "expired"), ("20261125000000", true, "scheduled"),
            ("20261124000000", true, "scheduled"), ("20261123000000", true, "expired"),
        ] as [(String, Bool, String)])
    func age(stamp: String, isDateOnly: Bool, state: String) async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(Sample.rules)
        try await fixture.receive([
            Sample.user(), Sample.order(isDateOnly: isDateOnly, stamp: stamp),
        ])
        try await fixture.settle()
        #expect(try await fixture.texts("SELECT state FROM notification WHERE tenant = ?1") == [state])
    }

    @Test("A dedup key tells once what its fields say, and a document without them is like no other")
    func dedup() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.apply(
            Sample.rules.replacingOccurrences(
                of: "    on: sap.purchase_order.created\n",
                with: "    on: sap.purchase_order.created\n    dedup: [our_reference]\n"))
        try await fixture.receive([
            Sample.user(), Sample.order("1", with: ["our_reference": .text("A")]),
            Sample.order("2", with: ["our_reference": .text("A")]), Sample.order("3"), Sample.order("4"),
        ])
        try await fixture.settle()
        #expect(try await fixture.count("notification") == 3)
        let last = try await fixture.texts(
            "SELECT results FROM decision WHERE tenant = ?1 AND results LIKE '%already_told%'")
        #expect(last.count == 1)
    }

    @Test("A notification's id depends on the event and its rule alone")
    func stableID() async throws {
        var ids: [String] = []
        for mobile in ["0170 1234567", nil] {
            let fixture = try await ProcessFixture()
            try await fixture.apply(Sample.rules)
            try await fixture.receive([Sample.user(mobile: mobile), Sample.order()])
            try await fixture.settle()
            ids += try await fixture.texts("SELECT notification FROM notification WHERE tenant = ?1")
        }
        #expect(ids.count == 2)
        #expect(Set(ids).count == 1)
    }

    @Test("What receive raises by itself is decided about too, once")
    func raised() async throws {
        let fixture = try await ProcessFixture()
        let schema = try EventSchema(
            type: "connector.coverage_gap", fields: [FieldSchema("sentence", 1, .text, maxLength: 200)])
        var event = try Sample.order()
        event.type = schema.type
        event.schema = schema.digest
        event.data = try RecordEncoder.encode(Record([1: .text("Gap.")]), by: schema.fields)
        let (bytes, id) = (event.bytes, try #require(event.id))
        _ = try await fixture.scope.write { statements in
            try statements.run(
                """
                INSERT INTO event_schema (tenant, digest, type, bytes, received_at) VALUES (?1, ?2, ?3, ?4, 0)
                """, [.blob(schema.digest.bytes), .text(schema.type), .blob(schema.bytes)])
            return try statements.run(
                """
                INSERT INTO event (tenant, event, id, kind, type, source, subject, business_key, transition,
                    version, origin, told, time_at, known_at, detected_at, received_at, journaled_at, schema, bytes)
                VALUES (?1, ?2, ?3, 'connector', ?4, 's', 's', 'b', 'raised', '1', 'live', 1, 0, 0, 0, 0, 0, ?5, ?6)
                """,
                [
                    .integer(try statements.next(.event)), .blob(id.bytes), .text(schema.type),
                    .blob(schema.digest.bytes), .blob(bytes),
                ])
        }
        try await fixture.settle()
        try await fixture.settle(fixture.restarted())
        #expect(try await fixture.count("decision") == 1)
    }
}

@Suite("REF_DOC_NO is the second line against telling an invoice twice")
struct ReferencePolicyTests {
    @Test(
        "Another invoice with the same reference is told as the policy says",
        arguments: [
            ("flag", 119_000, "scheduled", 1), ("flag", 1, "scheduled", 1),
            ("suppress", 119_000, "held", 1), ("suppress", 1, "scheduled", 1),
            ("send", 119_000, "scheduled", 0),
        ] as [(String, Int64, String, Int64)])
    func policies(policy: String, amount: Int64, state: String, events: Int64) async throws {
        let fixture = try await ProcessFixture(policy: policy)
        try await fixture.apply(Sample.rules)
        try await fixture.receive([Sample.vendor(), Sample.invoice("5105600001", reference: "RE 2026/0815")])
        try await fixture.receive([
            Sample.invoice("5105600002", reference: "re2026-0815", amount: amount),
            Sample.invoice(
                "5105600002", type: .vendorInvoicePosted, reference: "re2026-0815", amount: amount),
        ])
        try await fixture.settle()
        let states = try await fixture.texts(
            """
            SELECT n.state FROM notification n JOIN event e USING (tenant, event)
            WHERE tenant = ?1 ORDER BY e.event
            """)
        #expect(states == ["scheduled", state])
        #expect(try await fixture.count("event", where: "type = 'connector.suspected_duplicate'") == events)
        let isHeld = state == "held"
        #expect(
            try await fixture.count("notification", where: "held_reason = 'duplicate'") == (isHeld ? 1 : 0))
    }

    @Test("Empty references, one-time vendors, other vendors and claims of 400 days ago are left out")
    func leftOut() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.receive([
            Sample.invoice("1", reference: " -/. "), Sample.invoice("2", reference: " -/. "),
            Sample.invoice("3", with: ["one_time_vendor": .boolean(true)]),
            Sample.invoice("4", with: ["one_time_vendor": .boolean(true)]),
            Sample.invoice("5"), Sample.invoice("6", with: ["vendor": .text("4712")]),
        ])
        try await fixture.settle()
        #expect(try await fixture.count("event", where: "kind = 'connector'") == 0)
        #expect(try await fixture.count("reference_claim") == 2)
        try await fixture.advance(.seconds(400 * 86_400))
        try await fixture.receive([Sample.invoice("7")])
        try await fixture.settle()
        #expect(try await fixture.count("event", where: "kind = 'connector'") == 0)
        try await fixture.receive([Sample.invoice("8")])
        try await fixture.settle()
        #expect(try await fixture.count("event", where: "kind = 'connector'") == 1)
    }
}

@Suite("Readings of masters are numbered, and feed the directory")
struct ReadingTests {
    @Test("A newer state is a transition, an equal one a sighting, an older one is set aside and asked for")
    func superseded() async throws {
        let fixture = try await ProcessFixture()
        _ = try await fixture.scope.write { statements in
            try statements.run(
                """
                INSERT INTO agent_lease (tenant, name, holder, epoch, lease_until)
                VALUES (?1, 'plant', 'agent-a', 1, 9000000000000)
                """)
        }
        try await fixture.receive([
            Sample.vendor(email: "a@example.com", state: "a"),
            Sample.vendor(email: "a@example.com", state: "a"),
        ])
        // Read before the first one was: another lineage, another state.
        try await fixture.receive(
            [Sample.vendor(email: "old@example.com", state: "old", at: -300)], agent: "agent-b", lineage: 2)
        try await fixture.settle()
        #expect(
            try await fixture.texts("SELECT verdict FROM event WHERE tenant = ?1 ORDER BY event")
                == ["transition", "superseded"])
        #expect(try await fixture.count("event_sighting") == 1)
        #expect(
            try await fixture.texts(
                "SELECT address FROM directory_contact WHERE tenant = ?1 AND valid_until IS NULL")
                == ["a@example.com"])
        #expect(
            try await fixture.texts("SELECT reason FROM reading_request WHERE tenant = ?1") == ["superseded"])
        #expect(try await fixture.texts("SELECT stream FROM reading_request WHERE tenant = ?1") == ["vendor"])
        // A reading that the holder began before the request does not answer it; one begun after it does.
        try await fixture.receive([Sample.vendor(email: "a@example.com", state: "a", at: 30)])
        try await fixture.settle()
        #expect(try await fixture.count("reading_request") == 1)
        try await fixture.advance(.seconds(600))
        try await fixture.receive([Sample.vendor(email: "b@example.com", state: "b", at: 300)])
        try await fixture.settle()
        #expect(try await fixture.count("reading_request") == 0)
        #expect(
            try await fixture.texts("SELECT version || '' FROM state_reading WHERE tenant = ?1") == ["2"])
        #expect(
            try await fixture.texts(
                "SELECT address FROM directory_contact WHERE tenant = ?1 ORDER BY contact")
                == ["a@example.com", "b@example.com"])
    }

    @Test("An answer about yesterday uses yesterday's addresses")
    func temporal() async throws {
        let fixture = try await ProcessFixture()
        try await fixture.receive([Sample.vendor(email: "old@example.com", state: "1")])
        try await fixture.settle()
        try await fixture.advance(.seconds(86_400))
        try await fixture.receive([Sample.vendor(email: "new@example.com", state: "2", at: 86_400)])
        try await fixture.settle()
        let event = try IncomingEvent(
            Sample.order(), schema: BuiltInSchemas.schema(of: .purchaseOrderCreated))
        let now = fixture.now
        let found = try await fixture.scope.read { statements in
            try [ProcessFixture.start + .seconds(3_600), now].map { moment in
                try RecipientResolver(
                    statements: statements, at: moment, source: Sample.source, memory: DirectoryMemory()
                )
                .resolve(.vendor, channel: .email, in: event.record)[0].recipients[0].address
            }
        }
        #expect(found == ["old@example.com", "new@example.com"])
    }
}
