import Foundation
import TestSupport
import Testing
import WholeChain

/// What people get when they give a running system something wrong.
@Suite("Bad input to a running system", .serialized)
struct BadInput {
    @Test("a token that was used, and one that is none, are refused with a remedy")
    func tokens() async throws {
        try await TestChain.run(seed: 41) { chain in
            let token = try await chain.relayCommand(["agents", "invite", "other", "--token-only"])
            try await chain.agent.kill()
            try await chain.agentCommand(["pair", "--replace"], input: token)
            for wrong in [token, "mlpair1.AAAA", "hello"] {
                let error = await #expect(throws: ChainError.self) {
                    try await chain.agentCommand(["pair", "--replace"], input: wrong)
                }
                #expect("\(String(describing: error))".contains("Remedy:"))
            }
        }
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

    @Test("a webhook without a signature changes nothing and is refused")
    func webhook() async throws {
        try await TestChain.run(seed: 43) { chain in
            struct Webhook: Decodable { let url: String }
            let text = try await chain.relayCommand(["webhooks", "--json"])
            for webhook in try JSONDecoder().decode([Webhook].self, from: Data(text.utf8)) {
                let status = try await chain.post(to: webhook.url, body: "MessageStatus=delivered")
                #expect(status == 403)
            }
            #expect(try await chain.post(to: "\(chain.publicAddress)/w/nobody", body: "a=b") == 404)
        }
    }
}
