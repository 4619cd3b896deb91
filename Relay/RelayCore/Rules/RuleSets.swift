internal import Cryptography
internal import SQLStore
internal import Synchronization

/// A tenant's rule sets: stored by version, one of them active.
package final class RuleSets: Sendable {
    /// A stored set that was read.
    package struct Version: Sendable {
        /// From 1, counted for the tenant.
        package let number: Int64
        package let rules: RuleSet
    }

    private struct Cache {
        var versions: [Int64: RuleSet] = [:]
        /// In the order of their last use.
        var order: [Int64] = []
    }

    private let scope: TenantScope
    private let cache = Mutex(Cache())
    /// Replay and `explain` read older versions beside the active one.
    private static let cacheLimit = 8

    /// The rule sets of the scope's tenant.
    package init(scope: TenantScope) { self.scope = scope }

    /// Checks a rule file against the schemas, accounts and directory that the tenant has now, without storing it.
    package func check(_ yaml: String, file: String) async throws -> Result<RuleSet, RuleSetRefused> {
        try await scope.read { statements in
            switch RuleSet.read(yaml, file: file, catalogue: try SchemaCatalogue.read(statements)) {
            case .success(let rules): .success(try rules.checked(against: statements, file: file))
            case .failure(let refused): .failure(refused)
            }
        }
    }

    /// Stores a rule file as the next version, makes it the active one, and audits both, in one transaction.
    ///
    /// A file equal to the active one makes no new version.
    /// - Parameters:
    ///   - by: who does it.
    ///   - now: by the database's clock.
    /// - Throws: ``RuleSetRefused`` with everything that is wrong with the file; nothing is stored then.
    package func apply(
        _ yaml: String, file: String = "rules.yaml", by: String, note: String = "", now: Moment,
    ) async throws -> Version {
        let digest = SHA256.hash(Array(yaml.utf8))
        let version = try await scope.write { statements in
            let rules = try RuleSet.read(yaml, file: file, catalogue: try SchemaCatalogue.read(statements))
                .get().checked(against: statements, file: file)
            if let active = try Self.activeNumber(statements),
                try statements.first(
                    "SELECT 1 FROM rule_set WHERE tenant = ?1 AND version = ?2 AND digest = ?3",
                    [.integer(active), .blob(digest.bytes)]) != nil
            {
                return Version(number: active, rules: rules)
            }
            let number = try Self.store(statements, yaml, digest: digest.bytes, by: by, note: note, now: now)
            try Self.activate(statements, number, by: by, now: now)
            try statements.audit(
                AuditEntry(
                    actor: by, action: AuditAction.rulesActivated, subject: String(number),
                    detail: ["digest": digest.hexadecimal, "rules": String(rules.rules.count)]), now: now)
            return Version(number: number, rules: rules)
        }
        remember(version)
        return version
    }

    /// The active set, nil where the tenant has none.
    ///
    /// Read inside the caller's transaction, so that a decision and the version it names agree; compiled once a
    /// version.
    package func active(_ statements: TenantStatements) throws -> Version? {
        try Self.activeNumber(statements).flatMap { try version($0, statements) }
    }

    /// Whether the active set has a rule of this name.
    package func isActive(rule name: String) async throws -> Bool {
        try await scope.read { try self.active($0)?.rules.rules.contains { $0.name == name } ?? false }
    }

    /// A stored version, nil where there is none of this number.
    package func version(_ number: Int64, _ statements: TenantStatements) throws -> Version? {
        if let known = recall(number) { return Version(number: number, rules: known) }
        let row = try statements.first(
            "SELECT yaml FROM rule_set WHERE tenant = ?1 AND version = ?2", [.integer(number)])
        guard let row else { return nil }
        let rules = try RuleSet.load(
            stored: try row.text(0), file: "rules, version \(number)",
            catalogue: try SchemaCatalogue.read(statements))
        let version = Version(number: number, rules: rules)
        remember(version)
        return version
    }

    private func recall(_ number: Int64) -> RuleSet? {
        cache.withLock { cache in
            guard let known = cache.versions[number] else { return nil }
            cache.order.removeAll { $0 == number }
            cache.order.append(number)
            return known
        }
    }

    private func remember(_ version: Version) {
        cache.withLock { cache in
            cache.versions[version.number] = version.rules
            cache.order.removeAll { $0 == version.number }
            cache.order.append(version.number)
            if cache.order.count > Self.cacheLimit { cache.versions[cache.order.removeFirst()] = nil }
        }
    }

    // MARK: Statements

    private static func activeNumber(_ statements: TenantStatements) throws -> Int64? {
        try statements.first("SELECT active_rule_set FROM tenant WHERE tenant = ?1")?.optionalInteger(0)
    }

    private static func store(
        _ statements: TenantStatements, _ yaml: String, digest: [UInt8], by: String, note: String,
        now: Moment,
    ) throws -> Int64 {
        let last = try statements.first("SELECT max(version) FROM rule_set WHERE tenant = ?1")
        let number = (try last?.optionalInteger(0) ?? 0) + 1
        try statements.run(
            """
            INSERT INTO rule_set (tenant, version, yaml, digest, created_at, created_by, note)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """,
            [.integer(number), .text(yaml), .blob(digest), now.sql, .text(by), .text(note)])
        return number
    }

    private static func activate(
        _ statements: TenantStatements, _ version: Int64, by: String, now: Moment,
    ) throws {
        try statements.run(
            """
            INSERT INTO rule_set_activation (tenant, number, version, activated_at, activated_by)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """,
            [.integer(try statements.next(.activation)), .integer(version), now.sql, .text(by)])
        try statements.run(
            "UPDATE tenant SET active_rule_set = ?2 WHERE tenant = ?1", [.integer(version)])
    }
}
