internal import SQLStore

/// The address under which a provider calls about one account.
package struct WebhookAddress: Encodable, Sendable {
    package let account: String
    package let provider: String
    /// Address of the webhook; Twilio's callbacks add notification, attempt and nonce to it.
    package let url: String
}

extension Journal {
    /// The webhooks of all accounts that are in use, by account.
    package func webhooks() async throws -> [WebhookAddress] {
        try await scope.read { statements in
            try statements.rows(
                """
                SELECT account, provider, public_url, webhook FROM provider_account
                WHERE tenant = ?1 AND state != 'retired' ORDER BY account
                """
            ).map { row in
                WebhookAddress(
                    account: try row.text(0), provider: try row.text(1),
                    url: try row.text(2) + "/w/" + row.text(3))
            }
        }
    }
}
