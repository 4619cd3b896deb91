internal import SQLStore

/// Who does not want messages of a sender, or cannot take them (DESIGN.md 6.3, facts/send.md F11).
struct SuppressionList {
    let statements: TenantStatements
    /// Who is named in the audit of what a new entry ends.
    let actor: String
    let now: Moment

    /// Suppresses an address, and ends at once what waits for it.
    ///
    /// - Parameters:
    ///   - sender: empty for every sender of the account.
    ///   - evidence: the piece that says so, where there is one.
    func add(
        account: String, sender: String, address: String, reason: String, evidence: Int64? = nil,
    ) throws {
        let values: [SQLValue] = [.text(account), .text(sender), .text(Self.key(address))]
        try statements.run(
            """
            INSERT INTO suppression (tenant, account, sender, address, since_at, reason, evidence)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (
                SELECT 1 FROM suppression
                WHERE tenant = ?1 AND account = ?2 AND sender = ?3 AND address = ?4 AND until_at IS NULL)
            ON CONFLICT DO NOTHING
            """, values + [now.sql, .text(reason), SQLValue(evidence)])
        try endWaiting(account: account, sender: sender, address: address)
    }

    /// START: also where only Twilio had heard the STOP and has refused a message since then (21610).
    ///
    /// What a person suppressed, a person lifts.
    func lift(account: String, sender: String, address: String) throws {
        try statements.run(
            """
            UPDATE suppression SET until_at = ?5
            WHERE tenant = ?1 AND account = ?2 AND sender = ?3 AND address = ?4
                AND reason <> 'person' AND until_at IS NULL
            """, [.text(account), .text(sender), .text(Self.key(address)), now.sql])
    }

    /// Whether the address of `content` does not want, or cannot take, messages of its sender.
    static func holds(_ content: NotificationContent, _ statements: TenantStatements) throws -> Bool {
        guard let account = content.account, let address = content.address else { return false }
        return try statements.first(
            """
            SELECT 1 FROM suppression WHERE tenant = ?1 AND address = ?2 AND until_at IS NULL
                AND account = ?3 AND sender IN ('', ?4)
            """, [.text(key(address)), .text(account), .text(content.sender ?? "")]) != nil
    }

    /// Rows 16 and 18, also while the tenant is paused: no intent has to come by first.
    private func endWaiting(account: String, sender: String, address: String) throws {
        let store = NotificationStore(statements)
        let rows = try statements.rows(
            """
            SELECT notification FROM notification
            WHERE tenant = ?1 AND state IN ('collecting', 'held', 'scheduled', 'unconfirmed')
                AND account = ?2 AND (?3 = '' OR sender = ?3) AND lower(address) = lower(?4)
            """, [.text(account), .text(sender), .text(address)])
        for row in rows {
            guard let (before, content) = try store.load(try row.text(0)) else { continue }
            var state = before
            let effects = state.suppress(now: now)
            try store.save(state, was: before, content, effects: effects, actor: actor, now: now)
        }
    }

    /// Mail addresses are compared without regard to case: providers write them back in their own.
    static func key(_ address: String) -> String {
        address.contains("@") ? address.lowercased() : address
    }
}
