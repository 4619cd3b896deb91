package import Cryptography
internal import Foundation
internal import SQLStore

/// Brings what the configuration says about a tenant into its rows.
///
/// Nothing is deleted: an account that the file does not name any more is retired, its webhook and its history stay.
package struct TenantSetup: Sendable {
    private let store: RelayStore
    private let random: SecureRandom

    /// - Parameter random: draws the webhook ids.
    package init(store: RelayStore, random: SecureRandom = .system) {
        self.store = store
        self.random = random
    }

    /// Makes the tenants, accounts and webhooks of `configuration`, or brings them up to date.
    package func apply(_ configuration: RelayConfiguration, now: Moment) async throws {
        try await store.initialise(now: now, random: random)
        for tenant in configuration.tenants {
            try await store.makeTenant(tenant.tenant, name: tenant.title, now: now)
            let publicURL = configuration.webhooks.address
            let webhooks = tenant.accounts.map { _ in Base64.encodeForAddress(random.bytes(16)) }
            try await store.scope(tenant.tenant).write { statements in
                try Self.update(statements, tenant)
                for (account, webhook) in zip(tenant.accounts, webhooks) {
                    try Self.upsert(
                        statements, account, publicURL: publicURL, newWebhook: webhook, now: now)
                }
                let kept = tenant.accounts.map(\.name)
                for row in try statements.rows(
                    "SELECT account FROM provider_account WHERE tenant = ?1 AND state <> 'retired'")
                {
                    let name = try row.text(0)
                    if !kept.contains(name) { try Self.retire(statements, name, now: now) }
                }
                try StrandedMessages(statements: statements, now: now).settle()
            }
        }
    }

    private static func update(_ statements: TenantStatements, _ tenant: TenantConfiguration) throws {
        try statements.run(
            """
            UPDATE tenant SET name = ?2, country = ?3, locale = ?4, time_zone = ?5, ref_doc_no_policy = ?6
            WHERE tenant = ?1
            """,
            [
                .text(tenant.title), .text(tenant.country), .text(tenant.locale), .text(tenant.timeZone),
                .text(tenant.referencePolicy.rawValue),
            ])
    }

    private static func upsert(
        _ statements: TenantStatements, _ account: AccountConfiguration, publicURL: String,
        newWebhook: String, now: Moment,
    ) throws {
        let existing = try statements.first(
            "SELECT webhook FROM provider_account WHERE tenant = ?1 AND account = ?2", [.text(account.name)])
        let webhook = try existing?.text(0) ?? newWebhook
        if existing == nil { try statements.registerWebhook(webhook) }
        let settings = try Self.settings(account)
        // A dead account stays dead: its circuit breaker, not a restart, brings it back.
        let changed = try statements.run(
            """
            INSERT INTO provider_account
                (tenant, account, provider, identity, base_url, webhook, public_url, settings, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (tenant, account) DO UPDATE SET
                provider = ?3, identity = ?4, base_url = ?5, public_url = ?7, settings = ?8,
                state = CASE state WHEN 'retired' THEN 'ready' ELSE state END
            WHERE (provider, identity, base_url, public_url, settings) <> (?3, ?4, ?5, ?7, ?8)
                OR state = 'retired'
            """,
            [
                .text(account.name), .text(account.provider.rawValue), .text(account.identity),
                .text(account.baseURL), .text(webhook), .text(publicURL), .text(settings), now.sql,
            ])
        guard changed > 0 else { return }
        // Who sends decides what a message costs and who answers for it: a change of it is told.
        try audit(
            statements, "account.configured", account.name,
            [
                "provider": account.provider.rawValue, "identity": account.identity,
                "settings": SHA256.hash(settings).hexadecimal,
            ], now: now)
    }

    private static func retire(_ statements: TenantStatements, _ account: String, now: Moment) throws {
        try statements.run(
            "UPDATE provider_account SET state = 'retired' WHERE tenant = ?1 AND account = ?2",
            [.text(account)])
        try audit(statements, "account.retired", account, [:], now: now)
    }

    private static func audit(
        _ statements: TenantStatements, _ action: String, _ account: String, _ detail: [String: String],
        now: Moment,
    ) throws {
        try statements.audit(
            AuditEntry(actor: "configuration", action: action, subject: account, detail: detail), now: now)
    }

    /// `{"limits":{"per_second":10},"senders":{"sms":{"from":"+49…"}}}`, what process and dispatch read.
    private static func settings(_ account: AccountConfiguration) throws -> String {
        let senders = account.senders.mapValues { sender in
            switch sender {
            case .from(let number): ["from": number]
            case .messagingService(let sid): ["messaging_service_sid": sid]
            case .mail(let address, let name): ["from": address, "name": name]
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(
            Settings(senders: senders, limits: ["per_second": account.perSecond]))
        return String(decoding: data, as: UTF8.self)
    }

    private struct Settings: Encodable {
        let senders: [String: [String: String]]
        let limits: [String: Int]
    }
}
