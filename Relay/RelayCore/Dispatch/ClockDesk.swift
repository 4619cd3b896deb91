internal import SQLStore

/// What the tenant's owner writes down when the wall clock was set (facts/send.md L4).
struct ClockDesk {
    let statements: TenantStatements
    let times: SendTimes
    let ownership: TenantOwnership
    let now: Moment

    /// Lets everything whose outcome is open wait once more by the new time, and tells a person.
    ///
    /// Stored, and not only remembered: a process that ends before the wait is over must not send again.
    /// - Parameter jump: how far the clock was set ahead; below zero where it was set back.
    func waitAgain(after jump: Duration) throws {
        let store = NotificationStore(statements)
        let open = try statements.rows(
            """
            SELECT notification FROM notification
            WHERE tenant = ?1 AND state IN ('sending', 'unconfirmed') AND person_since_at IS NULL
            """)
        for row in open {
            guard let (before, content) = try store.load(try row.text(0)) else { continue }
            var state = before
            let effects = state.clockWasSet(by: jump, now: now, times: times)
            try store.save(state, was: before, content, effects: effects, actor: ownership.node, now: now)
        }
        let milliseconds = SQLValue.integer(jump.wholeMilliseconds)
        if jump < .zero {
            // What rests by the old time would rest for the difference as well.
            try statements.run(
                """
                UPDATE notification SET due_at = due_at + ?2
                WHERE tenant = ?1 AND state = 'scheduled' AND due_at > ?3
                """, [milliseconds, now.sql])
            try statements.run(
                """
                UPDATE provider_account SET dead_until_at = dead_until_at + ?2
                WHERE tenant = ?1 AND dead_until_at > ?3
                """, [milliseconds, now.sql])
        }
        try ConnectorAlarm.clockSet.raise(
            statements, subject: "relay",
            detail: [
                "at": now.description, "seconds": String(jump.components.seconds), "node": ownership.node,
                "open": String(open.count),
            ], now: now)
    }
}
