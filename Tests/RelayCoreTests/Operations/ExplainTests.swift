import ConnectorProtocol
import Cryptography
import Foundation
import Programs
import SQLStore
import Testing
import Values

@testable import RelayCore

@Suite("Why a document did or did not become messages")
struct ExplainTests {
    /// What `explain` says about an order, once `rules` have seen it.
    private static func explain(
        rules: String? = Sample.rules, events: [Event]? = nil,
        _ change: (ProcessFixture) async throws -> Void = { _ in },
    ) async throws -> Explanation {
        let fixture = try await ProcessFixture()
        if let rules { try await fixture.apply(rules) }
        try await fixture.receive(events ?? [Sample.user(), Sample.order()])
        try await fixture.settle()
        try await change(fixture)
        return try await Journal(scope: fixture.scope).explain(Sample.order().subject)
    }

    private static func sample(when condition: String) -> String {
        Sample.rules.replacingOccurrences(
            of: "    on: sap.purchase_order.created\n",
            with: "    on: sap.purchase_order.created\n    when: \(condition)\n")
    }

    @Test("No rule matched: each rule about the type is named with its condition")
    func noMatch() async throws {
        let explanation = try await Self.explain(rules: Self.sample(when: "e.total_net > 999999"))
        #expect(explanation.text.contains("  decision      no rule matched by rule set 1, now "))
        #expect(explanation.text.contains("    rule order to buyer did not match: e.total_net > 999999\n"))
        #expect(explanation.text.contains("  messages      none\n"))
        #expect(!explanation.text.contains("{"))
        let review = try #require(explanation.entries.first?.decision?.review)
        #expect(review.agrees && review.verdicts.map(\.result) == ["not_matched"])
    }

    @Test("No rule is about the type of event, and no rule set at all")
    func noRule() async throws {
        let others = Sample.rules.replacingOccurrences(
            of: "on: sap.purchase_order.created", with: "on: sap.purchase_order.changed")
        let other = try await Self.explain(rules: others)
        #expect(other.text.contains("    no rule is on sap.purchase_order.created\n"), "\(other.text)")
        let none = try await Self.explain(rules: nil)
        #expect(none.text.contains("  decision      none: no rule set was active at "))
    }

    @Test("A condition without a value: rule, code, sentence and place")
    func failedCondition() async throws {
        let rules = Self.sample(when: "10 / (size(e.currency) - 3) == 1")
        let text = try await Self.explain(rules: rules).text
        #expect(text.contains("  decision      error by rule set 1"))
        #expect(text.contains("    rule order to buyer failed at "))
        #expect(text.contains("(division_by_zero): "), "\(text)")
    }

    @Test("Nobody found: what is missing, and until when it is asked again")
    func noRecipient() async throws {
        let text = try await Self.explain(events: [Sample.order()]).text
        #expect(text.contains("sms to buyer (nobody found) by rule order to buyer\n"), "\(text)")
        #expect(text.contains("    error       "))
        #expect(text.contains("    why         It is asked again at each change of the directory until "))
    }

    @Test("A rule that changed meanwhile: what was decided by then is shown, and not what is active now")
    func versions() async throws {
        let explanation = try await Self.explain { fixture in
            try await fixture.apply(Self.sample(when: "false"))
        }
        #expect(explanation.text.contains("matched by rule set 1"))
        #expect(explanation.text.contains("    rule order to buyer matched\n"), "\(explanation.text)")
    }

    @Test("In quarantine: found by what it says it is about; what says nothing is counted")
    func quarantined() async throws {
        let fixture = try await ProcessFixture()
        var event = try Sample.order()
        event.schema = SHA256.hash("unknown")
        try await fixture.receive(bytes: [event.bytes, [1, 2, 3]])
        try await fixture.settle()
        let journal = Journal(scope: fixture.scope)
        let explanation = try await journal.explain(event.subject)
        #expect(explanation.entries.isEmpty && !explanation.isEmpty)
        #expect(explanation.text.contains("In quarantine: event 0 of batch 1, since "), "\(explanation.text)")
        #expect(explanation.text.contains("unknown_schema: "))
        let other = try await journal.explain("4599999999")
        #expect(other.isEmpty && other.open.unreadable == 1)
        #expect(other.text.contains("1 events in quarantine do not say what they are about"))
        #expect(other.text.hasSuffix("No agent has delivered anything yet.\n"))
    }

    @Test(
        "Kept by the agent: pending and watched keys are found by the document's number",
        arguments: [
            ("4500000077", "4500000077"), ("5105600101", "51056001012026"), ("MILLER", "MILLER    2026"),
        ])
    func keptByAgent(_ subject: String, _ key: String) async throws {
        let world = try await SendingWorld()
        for (table, column, word) in [
            ("pending_key", "error_class", "not_authorized"), ("watched_key", "reason", "parked"),
        ] {
            try await world.run(
                """
                INSERT INTO \(table) (tenant, name, source, stream, document_key, \(column), since_at, batch)
                VALUES (?1, 'erp', '/sap/PRD/100', 'feed', ?2, ?3, 0, 1)
                """, [.text(key), .text(word)])
        }
        let explanation = try await Journal(scope: world.scope).explain(subject)
        #expect(!explanation.isEmpty)
        #expect(
            explanation.text.contains(
                "Pending at erp, feed feed, since 1970-01-01T00:00:00Z: not_authorized."))
        #expect(explanation.text.contains("Watched at erp, feed feed, since 1970-01-01T00:00:00Z: parked."))
        #expect(try await Journal(scope: world.scope).explain("77").isEmpty)
    }

    @Test("Never seen: how far each feed has read, and what it failed with")
    func feeds() async throws {
        let world = try await SendingWorld()
        let said = SyncRequest(
            requestID: [UInt8](repeating: 1, count: 16), leaseToken: [],
            process: [UInt8](repeating: 2, count: 16), created: world.now.timestamp, lineages: [],
            status: AgentStatus(
                version: "1", host: "h",
                feeds: [
                    FeedStatus(
                        source: "/sap/PRD/100", stream: "purchase_order", lastPoll: world.now.timestamp,
                        errorClass: "not_authorized", error: "No authorisation for EKKO.")
                ]), highestEpoch: 0, highestCommand: 0, closedGates: [], wantsLease: false, waitSeconds: 0)
        try await world.run(
            """
            INSERT INTO agent (tenant, agent, name, created_at, status, status_at)
            VALUES (?1, 'a1', 'erp', 0, ?2, 0)
            """, [.blob(said.bytes)])
        try await world.run(
            """
            INSERT INTO coverage (tenant, name, source, stream, tier, start_stamp, covered_stamp, moved_at, batch)
            VALUES (?1, 'erp', '/sap/PRD/100', 'purchase_order', 1, '20261125000000', '20261125093000', 0, 1),
                (?1, 'erp', '/sap/PRD/100', 'vendor_invoice', 1, '20261125000000', '20261125091500', 0, 1)
            """)
        let known = try await Journal(scope: world.scope).explain("4500000001")
        #expect(known.text.contains("\nStream purchase_order of erp") && known.entries.count == 1)
        let explanation = try await Journal(scope: world.scope).explain("4599999999")
        #expect(explanation.isEmpty)
        // A stream that no heartbeat told of yet is known by what it delivered.
        #expect(
            explanation.text.contains(
                "Stream vendor_invoice of erp (/sap/PRD/100): delivered up to 2026-11-25 09:15:00 of SAP's time "
                    + "(heard 1970-01-01T00:00:00Z)\n"))
        #expect(!known.text.contains("vendor_invoice"))
        #expect(
            explanation.text.contains(
                "Stream purchase_order of erp (/sap/PRD/100): delivered up to 2026-11-25 09:30:00 of SAP's time, "
                    + "polled last at \(world.now); not_authorized: No authorisation for EKKO. (heard "),
            "\(explanation.text)")
    }

    // MARK: What became of a message

    /// The sentences about the one message of a world.
    private static func reasons(_ world: SendingWorld) async throws -> [String] {
        try #require(try await Journal(scope: world.scope).notification("n1")).reasons
    }

    @Test("Paused: by whom, since when, why, and how it goes on")
    func paused() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let desk = PauseDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        for target in [PauseDesk.Target.tenant, .channel("sms"), .channel("email"), .rule("r")] {
            try await desk.pause(target, reason: "flood", by: "person:anna")
        }
        let reasons = try await Self.reasons(world)
        #expect(
            reasons.first
                == "The tenant is paused since \(world.now) by person:anna (flood); ml-relay resume lets it go on."
        )
        #expect(reasons.contains { $0.hasPrefix("The channel sms is paused since ") })
        #expect(reasons.contains { $0.hasSuffix("ml-relay resume --rule 'r' lets it go on.") })
        #expect(!reasons.contains { $0.contains("email") })
    }

    @Test("An account that rests or is gone")
    func account() async throws {
        let world = try await SendingWorld()
        try await world.add()
        try await world.run(
            """
            UPDATE provider_account SET state = 'dead', dead_until_at = 0, dead_reason = 'Wrong credentials.'
            WHERE tenant = ?1
            """)
        #expect(
            try await Self.reasons(world).first
                == "The account sms rests until 1970-01-01T00:00:00Z: Wrong credentials.")
        try await world.run("UPDATE provider_account SET state = 'retired' WHERE tenant = ?1")
        #expect(try await Self.reasons(world).first?.contains("not in the configuration any more") == true)
    }

    @Test("Suppressed: since when, and by what")
    func suppressed() async throws {
        let world = try await SendingWorld()
        try await world.add()
        try await world.run(
            """
            INSERT INTO suppression (tenant, account, sender, address, since_at, reason)
            VALUES (?1, 'sms', '', '+491511234567', 0, 'stop')
            """)
        let node = try await world.node("a")
        try await node.turns()
        #expect(
            try await Self.reasons(world) == [
                "The recipient does not want messages of this sender since 1970-01-01T00:00:00Z (stop)."
            ])
    }

    @Test("Expired, held, unconfirmed, settled by a person")
    func others() async throws {
        let world = try await SendingWorld()
        try await world.add(deadline: .seconds(10))
        for (state, columns, sentence) in [
            ("expired", "", "Its deadline, \(world.now + .seconds(10)), passed before it was sent."),
            (
                "held", ", held_reason = 'duplicate'",
                "Another invoice has the same REF_DOC_NO, amount and date."
            ),
            ("held", ", held_reason = 'recovered'", "The database was set back:"),
            ("unconfirmed", ", wait_until = 0", "The provider may have it and did not say so;"),
            ("unconfirmed", ", person_reason = 'twin'", "Another message with the same sender,"),
            ("failed", ", attempt = 8, person_reason = NULL", "All 8 attempts were used up."),
            (
                "failed", ", person_word = 'closed', person_word_by = 'anna', person_word_at = 0",
                "anna said closed at 1970-01-01T00:00:00Z."
            ),
            ("cancelled", "", "It was taken back before it was sent."),
            ("sent", ", closed = 'no receipt'", "It was closed without a receipt:"),
        ] {
            try await world.run("UPDATE notification SET state = '\(state)'\(columns) WHERE tenant = ?1")
            let reasons = try await Self.reasons(world)
            #expect(reasons.first?.hasPrefix(sentence) == true, "\(state): \(reasons)")
        }
    }

    @Test("The JSON holds decision, rules and reasons as structure, not as text in text")
    func json() async throws {
        let explanation = try await Self.explain(rules: Self.sample(when: "e.total_net > 999999"))
        let text = try JSONOutput.text(explanation)
        #expect(text.contains(#""result" : "not_matched""#))
        #expect(!text.contains(#"\""#))
        #expect(text.contains(#""when" : "e.total_net > 999999""#))
    }
}
