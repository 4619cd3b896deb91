internal import Foundation
internal import SQLStore

/// One account at a provider, as its row says.
package struct ProviderAccount: Sendable {
    /// Who runs it.
    package enum Provider: String, Sendable { case twilio, sendgrid }

    /// Our name for it.
    package let name: String
    /// Who runs it.
    package let provider: Provider
    /// Account SID; empty for SendGrid.
    package let identity: String
    /// Where its API is, without a slash at the end.
    package let baseURL: String
    /// The random id in callback addresses, and the address that they begin with.
    package let webhook: String
    package let publicURL: String
    /// Shown beside the address of e-mails.
    package let mailName: String?
    /// Creates per second; nil where nothing limits them.
    package let perSecond: Int64?
    /// The circuit breaker: dead, and until when.
    package let isDead: Bool
    package let deadUntil: Moment?

    private struct Settings: Decodable {
        let senders: [String: [String: String]]?
        let limits: [String: Int64]?
    }

    init(row: SQLRow) throws {
        name = try row.text("account")
        provider = try row.text("provider") == "sendgrid" ? .sendgrid : .twilio
        identity = try row.text("identity")
        baseURL = try row.text("base_url")
        webhook = try row.text("webhook")
        publicURL = try row.text("public_url")
        isDead = try row.text("state") == "dead"
        deadUntil = try row.optionalMoment("dead_until_at")
        let settings = try? JSONDecoder().decode(Settings.self, from: Data(row.text("settings").utf8))
        mailName = settings?.senders?["email"]?["name"].flatMap { $0.isEmpty ? nil : $0 }
        perSecond = settings?.limits?["per_second"].flatMap { $0 > 0 ? $0 : nil }
    }

    /// The name of the secret that requests log on with.
    package var secretName: String { name + (provider == .twilio ? ".auth_token" : ".api_key") }

    /// All accounts that are not retired, by name.
    ///
    /// - Parameter withRetired: those as well: nothing new goes by them, but what went is still asked for.
    static func all(
        _ statements: TenantStatements, withRetired: Bool = false,
    ) throws -> [ProviderAccount] {
        try statements.rows(
            """
            SELECT * FROM provider_account WHERE tenant = ?1 AND (?2 = 1 OR state <> 'retired')
            ORDER BY account
            """, [SQLValue(withRetired)]
        ).map(ProviderAccount.init(row:))
    }
}
