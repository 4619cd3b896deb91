internal import Cryptography
internal import SQLStore

extension TenantStatements {
    /// Begins another life of the database, for all of its tenants: whoever owned one is owner no more, all are
    /// paused and in recovery, and what was neither ended nor accepted is held.
    ///
    /// What reaches beyond its tenant does it here alone: the database was set back as a whole, and with it
    /// everybody in it.
    /// - Parameter incarnation: 16 random bytes.
    func drawIncarnation(_ incarnation: [UInt8], reason: String, now: Moment) throws {
        try auditEverywhere(incarnation, now: now)
        try run("UPDATE relay SET incarnation = ?2 WHERE one = 1 AND ?1 IS NOT NULL", [.blob(incarnation)])
        try run(
            """
            UPDATE tenant SET incarnation = ?2, owner = NULL, lease_until = 0, recovering = 1,
                paused_at = CASE paused WHEN 1 THEN paused_at ELSE ?3 END,
                paused_by = CASE paused WHEN 1 THEN paused_by ELSE 'relay' END,
                paused_reason = CASE paused WHEN 1 THEN paused_reason ELSE ?4 END,
                paused = 1
            WHERE ?1 IS NOT NULL
            """, [.blob(incarnation), now.sql, .text(reason)])
        // What the lost commits may have sent is sent again by a person's word only (facts/send.md row 24).
        try run(
            """
            UPDATE notification SET recovered = 1, proposed = 0, held_reason = 'recovered', may_resend = 0,
                state = CASE state WHEN 'awaiting_recipient' THEN state ELSE 'held' END,
                person_since_at = NULL, person_reason = NULL, next_fetch_at = NULL, changed_at = ?2
            WHERE ?1 IS NOT NULL AND stop IS NULL AND state IN (
                'awaiting_recipient', 'collecting', 'held', 'scheduled', 'sending', 'unconfirmed')
            """, [now.sql])
    }

    /// Each tenant's log names the life that ends: callbacks about its attempts are believed by it (facts/send.md F15).
    private func auditEverywhere(_ incarnation: [UInt8], now: Moment) throws {
        guard let row = try first("SELECT incarnation FROM tenant WHERE tenant = ?1") else {
            throw TenancyError.unknownTenant(tenant.text)
        }
        let entry = AuditEntry(
            actor: "relay", action: AuditAction.incarnationDrawn, subject: "relay",
            detail: [
                "before": Hexadecimal.encode(try row.blob(0)), "after": Hexadecimal.encode(incarnation),
            ])
        try inEveryTenant { try $0.audit(entry, now: now) }
    }
}
