import Cryptography
import SQLStore
import Testing

@testable import RelayCore

@Suite("What operators look up")
struct JournalTests {
    /// An event beside the first one of the world.
    private func addEvent(
        _ number: Int64, in world: SendingWorld, subject: String, kind: String = "fact",
        verdict: String? = nil, origin: String = "live", isTold: Bool = true,
    ) async throws {
        try await world.run(
            """
            INSERT INTO event (tenant, event, id, kind, type, source, subject, business_key, transition,
                version, origin, verdict, told, time_at, known_at, detected_at, received_at, journaled_at)
            VALUES (?1, ?2, ?3, ?4, 't', 's', ?5, 'k', 'created', '1', ?6, ?7, ?8, 0, 0, 0, 0, 0)
            """,
            [
                .integer(number), .blob(Self.id(number)), .text(kind), .text(subject), .text(origin),
                SQLValue(verdict), SQLValue(isTold),
            ])
    }

    private static func id(_ number: Int64) -> [UInt8] {
        [0xAB] + [UInt8](repeating: 0, count: 30) + [UInt8(number)]
    }

    private func addDecision(
        _ outcome: String, generation: Int64 = 0, ruleSet: Int64?, in world: SendingWorld,
    ) async throws {
        try await world.run(
            """
            INSERT INTO decision (tenant, event, generation, rule_set, directory_version, now_at, outcome,
                results, decided_at)
            VALUES (?1, 1, ?2, ?3, 0, 0, ?4, '{"matched":[]}', 0)
            """, [.integer(generation), SQLValue(ruleSet), .text(outcome)])
    }

    /// A batch that brought the first event, and saw it again.
    private func addBatch(in world: SendingWorld) async throws {
        try await world.run(
            "INSERT INTO agent (tenant, agent, name, created_at) VALUES (?1, 'agent-a', 'plant', 0)")
        try await world.run(
            """
            INSERT INTO batch (tenant, batch, agent, lineage, lane, seq, digest, manifest, key_id,
                signature_input, signature, signature_base, event_count, received_at)
            VALUES (?1, 3, 'agent-a', x'00', 'live', 7, ?2, x'00', 'key-1', 's', x'00', x'00', 2, 0)
            """, [.blob([UInt8](repeating: 0xCD, count: 32))])
        try await world.run("UPDATE event SET batch = 3, position = 0 WHERE tenant = ?1 AND event = 1")
        try await world.run(
            """
            INSERT INTO event_sighting (tenant, event, batch, position, agent, seen_at)
            VALUES (?1, 1, 3, 1, 'agent-a', 0)
            """)
    }

    @Test("A document that was never seen has no explanation, and no notification")
    func neverSeen() async throws {
        let world = try await SendingWorld()
        let journal = Journal(scope: world.scope)
        let explanation = try await journal.explain("4599999999")
        #expect(explanation.isEmpty)
        #expect(explanation.text == "No agent has delivered anything yet.\n")
        #expect(try await journal.notification("4599999999") == nil)
        #expect(try await journal.events(subject: "4599999999", type: nil, limit: 10).isEmpty)
    }

    @Test(
        "An event is found by its document, its number, its id in any case, and its notification",
        arguments: [
            "4500000002", "2", Hexadecimal.encode(id(2)), Hexadecimal.encode(id(2)).uppercased(), "n1",
        ])
    func found(by name: String) async throws {
        let world = try await SendingWorld()
        try await addEvent(2, in: world, subject: "4500000002")
        try await world.run(
            "INSERT INTO event_identity (tenant, id, event, created_at) VALUES (?1, ?2, 2, 0)",
            [.blob(Self.id(2))])
        try await world.add("n1")
        try await world.run("UPDATE notification SET event = 2 WHERE tenant = ?1")
        let explanation = try await Journal(scope: world.scope).explain(name)
        #expect(explanation.entries.map(\.event.event) == [2])
        #expect(explanation.entries.first?.notifications.map(\.summary.notification) == ["n1"])
    }

    @Test(
        "An event that rules do not see says why, and one that waits for its turn says so",
        arguments: [
            ("reading", "baseline", "live", false, "none: it is how things stood when they were first read;"),
            (
                "reading", "superseded", "live", false,
                "none: it is an older reading than the one that is held"
            ),
            ("fact", nil, "initial", false, "none: it came with an initial load,"),
            ("fact", nil, "backfill", false, "none: it came with a backfill,"),
            ("fact", nil, "live", true, "not yet: the event waits for its turn"),
        ] as [(String, String?, String, Bool, String)])
    func undecided(
        kind: String, verdict: String?, origin: String, isTold: Bool, sentence: String,
    ) async throws {
        let world = try await SendingWorld()
        try await addEvent(
            2, in: world, subject: "4500000002", kind: kind, verdict: verdict, origin: origin, isTold: isTold)
        let explanation = try await Journal(scope: world.scope).explain("4500000002")
        #expect(explanation.text.contains("  decision      \(sentence)"), "\(explanation.text)")
        #expect(explanation.text.contains("  messages      none\n"))
        #expect(!explanation.text.contains("came in"))
    }

    @Test("An explanation begins with the signed batch and tells the newest decision")
    func decided() async throws {
        let world = try await SendingWorld()
        try await addBatch(in: world)
        try await addDecision("none", ruleSet: nil, in: world)
        let journal = Journal(scope: world.scope)
        let first = try await journal.explain("4500000001").text
        #expect(first.contains("batch 7 of lane live, agent agent-a, received 1970-01-01T00:00:00"))
        #expect(first.contains("manifest \(String(repeating: "cd", count: 32)), key key-1\n"))
        #expect(first.contains("  seen again    once, not told again\n"))
        #expect(first.contains("  decision      none: no rule set was active at 1970-01-01T00:00:00"))
        try await addDecision("matched", generation: 1, ruleSet: 4, in: world)
        let again = try await journal.explain("4500000001").text
        #expect(again.contains("  decision      matched by rule set 4, now "))
        #expect(again.contains("cannot be shown: The event's bytes are not there any more.\n"))
    }

    @Test("A notification that waits for a recipient names nobody, and has no text yet")
    func awaiting() async throws {
        let world = try await SendingWorld()
        try await world.add(channel: "email", state: "awaiting_recipient")
        try await world.run(
            "UPDATE notification SET address = NULL, subject = NULL, body = NULL WHERE tenant = ?1")
        let journal = Journal(scope: world.scope)
        let text = try await journal.explain("4500000001").text
        #expect(text.contains("  message       n1: email to buyer (nobody found) by rule r\n"))
        #expect(text.contains("    state       awaiting_recipient, since "))
        #expect(!text.contains("messages      none"))
        let detail = try #require(try await journal.notification("n1"))
        #expect(detail.attempts.isEmpty && detail.evidence.isEmpty)
        #expect(detail.text == text.suffix(detail.text.count))
        #expect(
            try await journal.notifications(
                state: "awaiting_recipient", subject: nil, forPerson: false, limit: 10
            ).count == 1)
    }

    @Test("An unconfirmed notification shows its open attempt, and a callback before and after it is applied")
    func unconfirmed() async throws {
        let world = try await SendingWorld()
        try await world.add()
        let node = try await world.node("a")
        world.provider.plan(.acceptAndLose)
        try await node.send()
        let message = try #require(world.provider.accepted.first)
        try await world.callback("sent", of: message)
        let journal = Journal(scope: world.scope)
        let before = try #require(try await journal.notification("n1"))
        #expect(before.summary.state == "unconfirmed")
        #expect(before.attempts.map(\.result) == ["open"])
        #expect(before.evidence.map(\.appliedAt) == [nil])
        #expect(before.text.contains(": ambiguous, open\n"))
        #expect(before.text.contains("    callback    \(world.now): sent\n"))
        #expect(before.text.hasSuffix("    subject     Subject\n    | Order 4500000001\n"))
        try await node.turns()
        let after = try #require(try await journal.notification("n1"))
        #expect(after.evidence.map(\.appliedAt) == [world.now.description])
        #expect(after.text.contains(": ambiguous, accepted, by callback, SID \(message.sid)\n"))
        #expect(after.text.contains(": sent (unconfirmed → sent)\n"))
    }

    @Test("What waits for a person says why, and is listed until it is settled")
    func person() async throws {
        let world = try await SendingWorld()
        try await world.add("n1")
        try await world.add("n2", to: "+491511234568")
        let node = try await world.node("a")
        world.provider.plan(.lose, .accept)
        try await node.send()
        try await node.advance(.seconds(1_891))
        try await node.turns()
        let journal = Journal(scope: world.scope)
        let waiting = try await journal.notifications(
            state: nil, subject: "4500000001", forPerson: true, limit: 10)
        #expect(waiting.map(\.personReason) == ["not_found"])
        let id = try #require(waiting.first).notification
        #expect(try await journal.notification(id)?.text.contains("    for you     not_found\n") == true)
        let desk = NotificationDesk(scope: world.scope, times: world.times, clock: world.clocks.clock)
        try await desk.resolve(id, .closed, by: "anna")
        #expect(
            try await journal.notifications(
                state: nil, subject: nil, forPerson: true, limit: 10
            ).isEmpty)
        #expect(
            try await journal.notifications(state: nil, subject: nil, forPerson: false, limit: 1).count == 1)
    }

    @Test("A list goes on where its last page ended, and names each notification once")
    func pages() async throws {
        let world = try await SendingWorld()
        for number in 0..<5 {
            try await world.add("n\(number)", to: "+4915112345\(number)")
            if number % 2 == 1 { world.clocks.advance(.seconds(1)) }
        }
        let journal = Journal(scope: world.scope)
        var seen: [String] = []
        while true {
            let page = try await journal.notifications(
                state: "scheduled", subject: "4500000001", forPerson: false, before: seen.last, limit: 2)
            if page.isEmpty { break }
            seen += page.map(\.notification)
        }
        #expect(seen == ["n4", "n3", "n2", "n1", "n0"])
        for number in 2...4 { try await addEvent(Int64(number), in: world, subject: "x") }
        #expect(
            try await journal.events(subject: "x", type: "t", before: 4, limit: 10).map(\.event) == [3, 2])
    }

    @Test("Lists show the newest first, what is still in quarantine, and the webhooks in use")
    func lists() async throws {
        let world = try await SendingWorld()
        try await addEvent(2, in: world, subject: "4500000002")
        try await addBatch(in: world)
        let journal = Journal(scope: world.scope)
        #expect(try await journal.events(subject: nil, type: "t", limit: 10).map(\.event) == [2, 1])
        #expect(try await journal.events(subject: nil, type: nil, limit: 1).map(\.event) == [2])
        #expect(try await journal.events(subject: "4500000001", type: nil, limit: 10).map(\.event) == [1])
        #expect(try await journal.events(subject: nil, type: "other", limit: 10).isEmpty)
        for (position, state) in ["open", "done", "retry"].enumerated() {
            try await world.run(
                """
                INSERT INTO leaf (tenant, batch, position, salt, bytes) VALUES (?1, 3, ?2, x'00', x'00')
                """, [.integer(Int64(position))])
            try await world.run(
                """
                INSERT INTO quarantine (tenant, batch, position, code, reason, since_at, state)
                VALUES (?1, 3, ?2, 'malformed', 'No record.', 0, ?3)
                """, [.integer(Int64(position)), .text(state)])
        }
        let quarantine = try await journal.quarantine(limit: 10)
        #expect(quarantine.map(\.position) == [0, 2])
        #expect(quarantine.first?.agent == "agent-a")
        try await world.run(
            "UPDATE provider_account SET state = 'retired' WHERE tenant = ?1 AND account = 'mail'")
        #expect(try await journal.webhooks().map(\.url) == ["https://relay.example.com/w/hook-sms"])
    }
}
