import Cryptography
import SQLStore
import TestSupport
import Testing

@testable import RelayCore

@Suite("Configured tenants become rows")
struct TenantSetupTests {
    private func configuration(accounts: String) throws -> RelayConfiguration {
        try RelayConfiguration.decode(
            Array(
                """
                database: d
                vault: v
                master_key: k
                agents: { listen: "127.0.0.1:0", address: "https://127.0.0.1:1" }
                public: { listen: "127.0.0.1:0", url: "http://127.0.0.1:2" }
                tenants: [{ name: acme, accounts: [\(accounts)] }]
                """.utf8), file: "relay.yaml")
    }

    private static let sendgrid =
        "{ name: mail, provider: sendgrid, senders: { email: { from: a@example.com } }, per_second: 5 }"

    @Test("an account keeps its webhook, is retired when it leaves the file, and comes back")
    func retires() async throws {
        let folder = try TemporaryFolder()
        let store = try await RelayStore.open(path: folder.file("relay.db"))
        let setup = TenantSetup(store: store)
        let now = Moment(milliseconds: 1_000)
        try await setup.apply(configuration(accounts: Self.sendgrid), now: now)
        let scope = store.scope(try await store.tenant(named: "acme"))
        let first = try await account(scope)
        #expect(first.state == "ready")
        #expect(first.settings.contains(#""senders":{"email":{"from":"a@example.com","name":""}}"#))
        #expect(try await store.tenant(ofWebhook: first.webhook) == scope.tenant)

        for _ in 0..<2 { try await setup.apply(configuration(accounts: ""), now: now) }
        #expect(try await account(scope).state == "retired")

        try await setup.apply(configuration(accounts: Self.sendgrid), now: now)
        let again = try await account(scope)
        #expect(again.state == "ready")
        #expect(again.webhook == first.webhook)
        // Each change is told, and nothing that stays as it is.
        try await setup.apply(configuration(accounts: Self.sendgrid), now: now)
        let slower = Self.sendgrid.replacing("per_second: 5", with: "per_second: 4")
        try await setup.apply(configuration(accounts: slower), now: now)
        let told = try await scope.read { statements in
            try statements.rows("SELECT action FROM audit_entry WHERE tenant = ?1 ORDER BY rowid")
                .map { try $0.text(0) }
        }
        #expect(
            told == ["account.configured", "account.retired", "account.configured", "account.configured"])
    }

    private func account(
        _ scope: TenantScope,
    ) async throws -> (state: String, settings: String, webhook: String) {
        try await scope.read { statements in
            let row = try #require(
                try statements.first("SELECT * FROM provider_account WHERE tenant = ?1"))
            return (try row.text("state"), try row.text("settings"), try row.text("webhook"))
        }
    }
}
