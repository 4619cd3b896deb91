internal import SQLStore

extension TenantStatements {
    /// Sets an entry down in the transaction of what it tells; the tenant's node numbers and chains it later.
    ///
    /// - Parameter now: by the database's clock.
    package func audit(_ entry: AuditEntry, now: Moment) throws {
        try run(
            """
            INSERT INTO audit_entry (tenant, at, actor, action, subject, detail)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """,
            [now.sql, .text(entry.actor), .text(entry.action), .text(entry.subject), .text(entry.detailText)])
    }
}
