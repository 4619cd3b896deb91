import Foundation
import SQLStore
import Testing
import WholeChain

@testable import TwilioSimulator

/// What people get when they give a running system something wrong.
@Suite("Bad input to a running system", .serialized, .keepsEvidence)
struct BadInput {
    @Test("a token that was used, one that is over, and one that is none, are refused with a remedy")
    func tokens() async throws {
        try await TestChain.run(seed: 41) { chain in
            let token = try await chain.relayCommand(["agents", "invite", "other", "--token-only"])
            let late = try await chain.relayCommand(["agents", "invite", "late", "--token-only"])
            try await Self.change(
                chain, "UPDATE invitation SET expires_at = created_at - 1 WHERE name = 'late'")
            try await chain.agent.kill()
            try await chain.agentCommand(["pair", "--replace"], input: token)
            for (wrong, word) in [
                (token, "used"), (late, "expired"), ("mlpair1.AAAA", "token"), ("hello", "token"),
            ] {
                let error = await #expect(throws: ChainError.self) {
                    try await chain.agentCommand(["pair", "--replace"], input: wrong)
                }
                let text = String(describing: error)
                #expect(text.contains("Remedy:") && text.contains(word), "\(text)")
            }
        }
    }

    /// Changes the running relay's database behind its back.
    private static func change(_ chain: Chain, _ sql: String) async throws {
        let database = try await SQLiteDatabase.open(path: chain.folder.file("relay.db"))
        _ = try await database.write { try $0.execute(sql) }
        await database.close()
    }

    @Test(
        "a rules file with a wrong field, type or template is refused with line and column, and the old set stays"
    )
    func rules() async throws {
        try await TestChain.run(seed: 42) { chain in
            let wrong = """
                rules:
                  - name: broken
                    on: sap.purchase_order.created
                    when: e.totl_net > 5 && e.number > 3
                    notify:
                      - { channel: sms, recipients: [buyer], template: none }
                """
            try chain.folder.write(wrong, to: "wrong.yaml")
            let error = await #expect(throws: ChainError.self) {
                try await chain.relayCommand(["rules", "apply", chain.folder.file("wrong.yaml")])
            }
            let text = String(describing: error)
            #expect(text.contains("wrong.yaml:4:"))
            #expect(text.contains("total_net"))
            #expect(text.contains("wrong.yaml:6:"))
            try await chain.play(5)
            _ = try await chain.waitUntilClean()
        }
    }

    @Test("a webhook that nobody signed, or somebody else, changes nothing; one for no message is kept")
    func webhook() async throws {
        try await TestChain.run(seed: 43) { chain in
            struct Webhook: Decodable {
                let url: String
                let provider: String
            }
            let webhooks = try JSONDecoder().decode(
                [Webhook].self, from: Data(try await chain.relayCommand(["webhooks", "--json"]).utf8))
            for webhook in webhooks {
                let status = try await chain.post(to: webhook.url, body: "MessageStatus=delivered")
                #expect(status == 403)
            }
            #expect(try await chain.post(to: "\(chain.publicAddress)/w/nobody", body: "a=b") == 404)
            let twilio = try #require(webhooks.first { $0.provider == "twilio" })
            let address = twilio.url + "/00112233445566778899aabbccddeeff/1/0011223344556677"
            let body = "MessageSid=SM00112233445566778899aabbccddeeff&MessageStatus=delivered"
            let token = try String(contentsOfFile: chain.folder.file("twilio.token"), encoding: .utf8)
            for (key, expected) in [("another token", 403), (token, 204)] {
                let signature = try WebhookSigner(authToken: key, seed: 0).twilioSignature(
                    url: address, fields: FormFields(parsing: body))
                let status = try await chain.post(
                    to: address, body: body, headers: ["X-Twilio-Signature": signature])
                #expect(status == expected)
            }
            try await chain.play(5)
            _ = try await chain.waitUntilClean()
        }
    }

    @Test("a rule that divides by zero fails by itself, visibly, and the other rules tell")
    func failingRule() async throws {
        try await TestChain.run(seed: 44) { chain in
            let rules = try String(contentsOfFile: chain.folder.file("rules.yaml"), encoding: .utf8)
            let failing = """
                rules:
                  - name: broken
                    on: sap.purchase_order.created
                    when: 10 / (size(e.currency) - 3) == 1
                    notify:
                      - { channel: sms, recipients: [buyer], template: order-created }

                """
            try chain.folder.write(
                rules.replacingOccurrences(of: "rules:\n", with: failing), to: "failing.yaml")
            try await chain.relayCommand(["rules", "apply", chain.folder.file("failing.yaml")])
            try await chain.play(5)
            _ = try await chain.waitUntilClean()
            let order = try #require(
                try await chain.latestNotifications().first { $0.rule == "order-to-buyer" })
            let explanation = try await chain.relayCommand(["explain", order.subject])
            #expect(explanation.contains("broken"))
            #expect(explanation.contains("division_by_zero"), "\(explanation)")
        }
    }

    @Test("a locked user stops the logons, and nobody else; unlocked, everything goes on")
    func lockedUser() async throws {
        try await TestChain.run(seed: 45) { chain in
            try await chain.agent.kill()
            try await chain.sapControl.post("/users", #"{"client":"100","user":"MLCONN","locked":true}"#)
            try await chain.agent.start()
            try await chain.wait(for: "a closed gate", within: .seconds(30)) {
                try await chain.agentStatus().gates.contains(where: \.isClosed)
            }
            try await chain.play(5)
            try await chain.sapControl.post("/users", #"{"client":"100","user":"MLCONN","locked":false}"#)
            #expect(try await chain.openClosedGate())
            _ = try await chain.waitUntilClean()
        }
    }

    @Test("a table that SAP does not have stops the feed that needs it, and no other")
    func absentTable() async throws {
        try await TestChain.run(seed: 46) { chain in
            try await chain.sapControl.post("/faults", #"{"kind":"absent_table","name":"RBKP"}"#)
            try await chain.play(25)
            try await chain.wait(for: "the invoices' feed to fail", within: .seconds(60)) {
                try await chain.agentStatus().feeds.contains {
                    $0.feed == "vendor_invoice" && $0.errorClass != nil
                }
            }
            try await chain.wait(for: "the orders' messages", within: .seconds(60)) {
                try await chain.verdict().delivered > 0
            }
            let orders = try await chain.agentStatus().feeds.filter { $0.feed == "purchase_order" }
            #expect(orders.map(\.errorClass) == [nil])
            try await chain.sapControl.delete("/faults")
            _ = try await chain.waitUntilClean(within: .seconds(180))
        }
    }

    @Test("SAP, relay and Twilio may all be down when the others start: nothing is lost when they come")
    func downAtStart() async throws {
        try await TestChain.run(seed: 47) { chain in
            for program in [chain.agent, chain.relay, chain.twilio, chain.sap] { try await program.kill() }
            try await chain.agent.start()
            try await chain.wait(for: "feeds without SAP", within: .seconds(60)) {
                try await chain.agentStatus().feeds.allSatisfy { $0.errorClass != nil }
            }
            try await chain.sap.start()
            try await chain.play(10)
            try await chain.relay.start()
            try await chain.wait(for: "the journal", within: .seconds(120)) {
                let verdict = try await chain.verdict()
                return verdict.journaled == verdict.facts && verdict.notifications > 0
            }
            #expect(try await chain.verdict().accepted == 0)
            try await chain.twilio.start()
            _ = try await chain.waitUntilClean(within: .seconds(180))
        }
    }
}
