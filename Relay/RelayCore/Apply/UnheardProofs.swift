internal import SQLStore

/// Mails whose `processed` event may have come while no relay was there to take it.
enum UnheardProofs {
    /// Lets them wait once more: a mail without an answer must not be decided about by a silence of our own.
    static func waitAgain(
        _ statements: TenantStatements, times: SendTimes, node: String, now: Moment,
    ) throws {
        let store = NotificationStore(statements)
        let rows = try statements.rows(
            """
            SELECT notification FROM notification
            WHERE tenant = ?1 AND state = 'unconfirmed' AND channel = 'email' AND may_resend = 0
                AND person_since_at IS NULL
            """)
        for row in rows {
            guard let (before, content) = try store.load(try row.text(0)) else { continue }
            var state = before
            let effects = state.proofWasUnheard(now: now, times: times)
            try store.save(state, was: before, content, effects: effects, actor: node, now: now)
        }
    }
}
