internal import SQLStore

/// Lets time do its part: leases, waits, deadlines, stops (facts/send.md rows 9, 14 for e-mail, 16 to 18, 20).
struct NotificationSweep {
    let statements: TenantStatements
    let context: DispatchContext
    let ownership: TenantOwnership
    let now: Moment

    // Each part asks in the words of its partial index, so that a backlog is not read every second.
    private static func due(
        _ statements: TenantStatements, now: Moment, times: SendTimes, limit: Int,
    ) throws -> [String] {
        // The net under a list that is never answered is cast this long after deadline and wait.
        let net = now - times.lookupRetry * 2
        return try statements.rows(
            """
            SELECT notification FROM notification
            WHERE tenant = ?1 AND state = 'sending' AND send_lease_until < ?2
            UNION ALL SELECT notification FROM notification
            WHERE tenant = ?1 AND deadline_at <= ?2 AND recovered = 0 AND state <> 'unconfirmed'
                AND state IN ('awaiting_recipient', 'collecting', 'held', 'scheduled', 'unconfirmed')
            UNION ALL SELECT notification FROM notification
            WHERE tenant = ?1 AND stop > '' AND recovered = 0
                AND state IN ('awaiting_recipient', 'collecting', 'held', 'scheduled')
            UNION ALL SELECT notification FROM notification
            WHERE tenant = ?1 AND state = 'unconfirmed' AND may_resend = 0 AND person_since_at IS NULL
                AND evidence = applied AND wait_until < ?2
                AND (channel = 'email' OR (wait_until < ?3 AND deadline_at < ?3))
            UNION ALL SELECT notification FROM notification
            WHERE tenant = ?1 AND state = 'unconfirmed' AND may_resend = 1 AND person_since_at IS NULL
                AND (stop IS NOT NULL OR deadline_at <= ?2 OR attempt >= attempt_limit)
            UNION ALL SELECT notification FROM notification
            WHERE tenant = ?1 AND next_fetch_at <= ?2 AND channel = 'email' AND state IN ('accepted', 'sent')
            LIMIT ?4
            """, [now.sql, net.sql, .integer(Int64(limit))]
        ).map { try $0.text(0) }
    }

    /// Whether anything is due; costs no commit.
    static func hasWork(_ statements: TenantStatements, now: Moment, times: SendTimes) throws -> Bool {
        try !due(statements, now: now, times: times, limit: 1).isEmpty
    }

    /// Settles up to `limit` notifications; how many changed.
    func run(limit: Int) throws -> Int {
        let store = NotificationStore(statements)
        var changed = 0
        for notification in try Self.due(statements, now: now, times: context.times, limit: limit) {
            if try settle(notification, store) { changed += 1 }
        }
        return changed
    }

    private func settle(_ notification: String, _ store: NotificationStore) throws -> Bool {
        guard let (before, content) = try store.load(notification) else { return false }
        var state = before
        var effects = state.settle(now: now, times: context.times)
        if !content.isListed, let look = state.nextLookAt, look <= now {
            // E-mail cannot be fetched by its name: it is closed without a receipt in the end.
            effects += state.fetchedOnce(now: now, times: context.times)
        }
        guard state != before else { return false }
        try store.save(state, was: before, content, effects: effects, actor: ownership.node, now: now)
        return true
    }
}
