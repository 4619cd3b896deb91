package import Cryptography
internal import SQLStore

/// The secrets of tenants in the table `secret`, sealed under the relay's key.
///
/// Names: `ACCOUNT.auth_token` (Twilio), `ACCOUNT.api_key` and `ACCOUNT.event_public_key` (SendGrid), ACCOUNT
/// being `provider_account.account`. Setting a name again is a rotation: the value before stays valid as the
/// secondary one (a webhook may still be signed with it), older ones are retired.
package struct TenantSecrets: Sendable {
    /// The values of one name that are valid now.
    package struct Current: Sendable, Equatable {
        /// The newest: what we log on with.
        package let primary: Secret
        /// The one before; still accepted in signatures of what comes in.
        package let secondary: Secret?

        /// Newest first.
        package var all: [Secret] { [primary] + (secondary.map { [$0] } ?? []) }
    }

    private let keys: RelayKeys

    /// - Parameter keys: the relay's; its sealing key opens every tenant's secrets.
    package init(keys: RelayKeys) { self.keys = keys }

    /// Stores a value as the new primary one, with its audit entry.
    ///
    /// - Parameter by: the person who set it.
    /// - Returns: its rotation number, from 1.
    /// - Throws: ``SecretsError/unusableName(_:)``, `SQLError`, `CryptographyError`.
    @discardableResult
    package func set(
        _ statements: TenantStatements, name: String, value: Secret, by: String, now: Moment,
    ) throws -> Int64 {
        guard Vault.isUsable(name) else { throw SecretsError.unusableName(name) }
        let last = try statements.first(
            "SELECT max(number) FROM secret WHERE tenant = ?1 AND name = ?2", [.text(name)])
        let number = (try last?.optionalInteger(0) ?? 0) + 1
        let sealed = try keys.seal(
            value.exposedBytes, context: Self.context(statements.tenant, name, number))
        try statements.run(
            """
            INSERT INTO secret (tenant, name, number, sealed, created_at, created_by)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, [.text(name), .integer(number), .blob(sealed), now.sql, .text(by)])
        try statements.run(
            """
            UPDATE secret SET retired_at = ?4
            WHERE tenant = ?1 AND name = ?2 AND number < ?3 AND retired_at IS NULL
            """, [.text(name), .integer(number - 1), now.sql])
        try statements.audit(
            AuditEntry(actor: by, action: "secret.set", subject: name, detail: ["number": String(number)]),
            now: now)
        return number
    }

    /// The valid values of a name; nil where none was set.
    ///
    /// - Throws: ``SecretsError/sealedElsewhere(name:)`` when one does not open, `SQLError`.
    package func current(_ statements: TenantStatements, name: String) throws -> Current? {
        let rows = try statements.rows(
            """
            SELECT number, sealed FROM secret WHERE tenant = ?1 AND name = ?2 AND retired_at IS NULL
            ORDER BY number DESC LIMIT 2
            """, [.text(name)])
        let values = try rows.map { row in
            let context = Self.context(statements.tenant, name, try row.integer(0))
            guard let plain = try? keys.open(try row.blob(1), context: context) else {
                throw SecretsError.sealedElsewhere(name: name)
            }
            return Secret(bytes: plain)
        }
        guard let primary = values.first else { return nil }
        return Current(primary: primary, secondary: values.dropFirst().first)
    }

    /// As ``set(_:name:value:by:now:)``, in a transaction of its own.
    @discardableResult
    package func set(
        _ scope: TenantScope, name: String, value: Secret, by: String, now: Moment,
    ) async throws -> Int64 {
        try await scope.write { try set($0, name: name, value: value, by: by, now: now) }
    }

    /// As ``current(_:name:)``, in a transaction of its own.
    package func current(_ scope: TenantScope, name: String) async throws -> Current? {
        try await scope.read { try current($0, name: name) }
    }

    /// Neither a tenant's name nor a number holds a colon, so no two secrets share a text.
    private static func context(_ tenant: TenantID, _ name: String, _ number: Int64) -> String {
        "secret:\(tenant.text):\(number):\(name)"
    }
}
