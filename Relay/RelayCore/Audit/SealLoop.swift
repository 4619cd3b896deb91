internal import Cryptography
internal import SQLStore

/// Numbers and chains what has committed, every 250 ms, on the tenant's one node.
///
/// Entries are inserted by any transaction without a number, so nobody waits for the chain; a number is given only
/// to what is durable, so nobody reads by one that commits out of order (DESIGN.md 6.6).
package struct SealLoop: Sendable {
    private let scope: TenantScope
    private let clock: RelayClock
    private let pause: @Sendable (Duration) async throws -> Void

    /// How long the loop rests where there was nothing more to seal.
    package static let interval = Duration.milliseconds(250)
    /// Entries of one transaction.
    package static let entryLimit = 1_000

    /// - Parameter pause: waits; ends the loop by what it throws.
    package init(
        scope: TenantScope, clock: RelayClock,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    ) {
        self.scope = scope
        self.clock = clock
        self.pause = pause
    }

    /// Seals until it is cancelled.
    /// - Throws: `TenancyError.notOwner`, `CancellationError`, `SQLError`.
    package func run(as ownership: TenantOwnership) async throws {
        while true {
            while try await turn(as: ownership) { try Task.checkCancellation() }
            try await pause(Self.interval)
        }
    }

    /// Seals up to ``entryLimit`` entries under one seal.
    /// - Returns: whether there may be more.
    package func turn(as ownership: TenantOwnership) async throws -> Bool {
        // A look costs no write lock; most of the time there is nothing.
        let isIdle = try await scope.read { statements in
            try statements.first("SELECT 1 FROM audit_entry WHERE tenant = ?1 AND number IS NULL LIMIT 1")
                == nil
        }
        if isIdle { return false }
        let now = clock.now
        return try await scope.write(as: ownership, now: now) { statements in
            try Self.seal(statements, epoch: ownership.epoch, now: now) == Self.entryLimit
        }
    }

    private static func seal(_ statements: TenantStatements, epoch: Int64, now: Moment) throws -> Int {
        let last = try statements.first(
            "SELECT number, head FROM audit_seal WHERE tenant = ?1 ORDER BY number DESC LIMIT 1")
        var number = try last?.integer(0) ?? 0
        var head = try last?.blob(1) ?? AuditChain.start
        let rows = try statements.rows(
            """
            SELECT entry, at, actor, action, subject, detail FROM audit_entry
            WHERE tenant = ?1 AND number IS NULL ORDER BY at, entry LIMIT ?2
            """, [.integer(Int64(entryLimit))])
        for row in rows {
            let link = try AuditChain.Link(row)
            number += 1
            head = AuditChain.link(after: head, number: number, link).bytes
            try statements.run(
                "UPDATE audit_entry SET number = ?3, chain = ?4 WHERE tenant = ?1 AND entry = ?2",
                [.blob(link.entry), .integer(number), .blob(head)])
        }
        guard !rows.isEmpty else { return 0 }
        try statements.run(
            """
            INSERT INTO audit_seal (tenant, number, head, epoch, sealed_at) VALUES (?1, ?2, ?3, ?4, ?5)
            """, [.integer(number), .blob(head), .integer(epoch), now.sql])
        return rows.count
    }
}

extension AuditChain.Link {
    /// An entry from a row with the columns of `audit_entry`.
    init(_ row: SQLRow) throws {
        self.init(
            entry: try row.blob("entry"), at: try row.moment("at"), actor: try row.text("actor"),
            action: try row.text("action"), subject: try row.text("subject"), detail: try row.text("detail"))
    }
}
