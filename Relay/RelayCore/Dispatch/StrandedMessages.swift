internal import SQLStore

/// What waits for an account that the configuration does not name any more.
struct StrandedMessages {
    let statements: TenantStatements
    let now: Moment

    /// Gives each to the account that serves its channel now; where none does, it says why it waits.
    func settle() throws {
        try statements.run(
            """
            UPDATE notification SET error_code = NULL, error_class = NULL, error_text = NULL
            WHERE tenant = ?1 AND state IN ('held', 'scheduled') AND error_code = 'no_sender'
            """)
        let senders = try SenderChoice(statements)
        let rows = try statements.rows(
            """
            SELECT n.notification, n.channel, n.account FROM notification n
            JOIN provider_account p ON p.tenant = n.tenant AND p.account = n.account
            WHERE n.tenant = ?1 AND n.state IN ('held', 'scheduled') AND n.recovered = 0
                AND p.state = 'retired'
            """)
        for row in rows {
            let (notification, retired) = (try row.text(0), try row.text(2))
            if let sender = try Channel(rawValue: row.text(1)).flatMap(senders.sender) {
                try move(notification, from: retired, to: sender)
            } else {
                try explain(notification, retired)
            }
        }
    }

    /// Each of its attempts is proved not taken, so another account may send it.
    private func move(_ notification: String, from retired: String, to sender: SenderChoice.Sender) throws {
        try statements.run(
            """
            UPDATE notification SET account = ?3, sender = ?4, changed_at = ?5
            WHERE tenant = ?1 AND notification = ?2
            """, [.text(notification), .text(sender.account), .text(sender.sender), now.sql])
        try statements.audit(
            AuditEntry(
                actor: "relay", action: "notification.account_changed", subject: notification,
                detail: ["from": retired, "to": sender.account]), now: now)
    }

    private func explain(_ notification: String, _ retired: String) throws {
        try statements.run(
            """
            UPDATE notification SET error_code = 'no_sender', error_class = 'configuration', error_text = ?3,
                changed_at = ?4
            WHERE tenant = ?1 AND notification = ?2
            """,
            [
                .text(notification),
                .text(
                    "Its account \(retired) is not in the configuration any more, and no other sends its channel. "
                        + "Put it back, or give another one a sender, and restart."),
                now.sql,
            ])
    }
}
