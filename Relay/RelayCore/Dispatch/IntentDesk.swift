internal import Cryptography
internal import Logging
internal import Programs
internal import SQLStore

/// Rows 1 and 2 of facts/send.md: sets intents down, in one guarded transaction.
///
/// The owner's guard is the transaction's own (``TenantScope/write(as:now:_:)``); here stand the others.
struct IntentDesk {
    let statements: TenantStatements
    let context: DispatchContext
    let ownership: TenantOwnership
    let now: Moment
    /// The monotonic clock before this transaction was asked for.
    let startedAt: Duration
    /// Whether row 2 may be used: not while the wall clock was set (``ClockWatch``).
    let mayResend: Bool

    private var store: NotificationStore { NotificationStore(statements) }

    /// Begins what is due, as far as `free` allows for each account.
    func begin(free: (ProviderAccount) -> Int) throws -> [Transfer] {
        guard try Self.mayDispatch(statements) else { return [] }
        var transfers: [Transfer] = []
        for account in try ProviderAccount.all(statements) {
            let room = free(account)
            guard room > 0 else { continue }
            transfers += try begin(account, room: room)
        }
        return transfers
    }

    /// Whether anything is due at an account with room: asked in a reading transaction, which costs no commit.
    static func hasWork(
        _ statements: TenantStatements, now: Moment, free: (ProviderAccount) -> Int,
    ) throws -> Bool {
        guard try mayDispatch(statements) else { return false }
        return try ProviderAccount.all(statements).contains { account in
            try free(account) > 0
                && !due(statements, account, now: now, mayResend: true, limit: 1).isEmpty
        }
    }

    private static func mayDispatch(_ statements: TenantStatements) throws -> Bool {
        try statements.first("SELECT 1 FROM tenant WHERE tenant = ?1 AND paused = 0 AND recovering = 0")
            != nil
    }

    /// What may be sent now, what is due for longest first, whether for the first time or again; what a pause or
    /// waiting evidence holds back stands in nobody's way.
    private static func due(
        _ statements: TenantStatements, _ account: ProviderAccount, now: Moment, mayResend: Bool, limit: Int,
    ) throws -> [String] {
        // Each in the words of its partial index.
        func due(_ condition: String) throws -> [(at: Moment, notification: String)] {
            try statements.rows(
                """
                SELECT due_at, notification FROM notification n
                WHERE tenant = ?1 AND account = ?2 AND due_at <= ?3 AND \(condition) AND evidence = applied
                    AND NOT EXISTS (SELECT 1 FROM pause p WHERE p.tenant = ?1
                        AND ((p.scope = 'channel' AND p.key = n.channel) OR (p.scope = 'rule' AND p.key = n.rule)))
                    AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.tenant = ?1
                        AND e.notification = n.notification AND e.applied_at IS NULL)
                ORDER BY due_at LIMIT ?4
                """, [.text(account.name), now.sql, .integer(Int64(limit))]
            ).map { (try $0.moment("due_at"), try $0.text(1)) }
        }
        let first = try due("state = 'scheduled'")
        let again = mayResend ? try due("state = 'unconfirmed' AND may_resend = 1") : []
        return (first + again).sorted { $0.at < $1.at }.prefix(limit).map(\.notification)
    }

    private func begin(_ account: ProviderAccount, room: Int) throws -> [Transfer] {
        var room = room
        var bucket: RateBucket?
        if let perSecond = account.perSecond {
            let tokens = RateBucket(
                statements: statements, name: "account:" + account.name, perSecond: perSecond)
            room = min(room, try tokens.available(now: now))
            bucket = tokens
        }
        guard room > 0 else { return [] }
        let due = try Self.due(statements, account, now: now, mayResend: mayResend, limit: room)
        guard !due.isEmpty, let secret = try secret(of: account) else { return [] }
        var transfers: [Transfer] = []
        for notification in due {
            do {
                let begun = try statements.savepoint("intent") { try begin(notification, account, secret) }
                if let begun { transfers.append(begun) }
            } catch  where error.isAboutOneRow {
                try postpone(notification, after: error)
            }
        }
        if !transfers.isEmpty { try bucket?.take(transfers.count, now: now) }
        return transfers
    }

    /// The intent of one notification; what may not be sent any more is ended instead.
    private func begin(
        _ notification: String, _ account: ProviderAccount, _ secret: Secret,
    ) throws -> Transfer? {
        guard let (before, content) = try store.load(notification) else { return nil }
        var state = before
        let effects: [NotificationEffect]
        var begun: AttemptState?
        if try SuppressionList.holds(content, statements) {
            effects = state.suppress(now: now)
        } else if state.refusal(now: now) != nil {
            effects = state.settle(now: now, times: context.times)
        } else if let sender = content.sender, content.address != nil, content.body != nil {
            let attempt = attempt(state, content, account: account, sender: sender)
            effects = state.begin(attempt)
            begun = attempt
        } else {
            effects = state.failIncomplete(now: now)
        }
        try store.save(
            state, was: before, content, effects: effects, actor: ownership.node, now: now)
        return begun.map {
            Transfer(content: content, account: account, secret: secret, attempt: $0, startedAt: startedAt)
        }
    }

    /// One that cannot be begun stands in nobody's way.
    private func postpone(_ notification: String, after error: any Error) throws {
        context.logger.error(
            "An intent cannot be written and is put off",
            metadata: [LogKeys.notification: "\(notification)", LogKeys.error: "\(error)"])
        try statements.run(
            "UPDATE notification SET due_at = ?3 WHERE tenant = ?1 AND notification = ?2",
            [.text(notification), (now + context.times.lookupRetry).sql])
    }

    private func attempt(
        _ state: NotificationState, _ content: NotificationContent, account: ProviderAccount, sender: String,
    ) -> AttemptState {
        let times = context.times
        let id = AttemptID(incarnation: ownership.incarnation, n: state.attempt + 1)
        let nonce = AttemptNonce.make(
            key: context.keys.nonceKey, tenant: statements.tenant, notification: content.notification,
            incarnation: id.incarnation, n: id.n)
        let lease = now + times.sendLease
        let validity = times.validitySeconds(now: now, deadline: state.deadlineAt)
        let wait = times.waitUntil(lease: lease, validitySeconds: validity, isListed: content.isListed)
        let said = [sender, content.address, content.subject, content.body, content.html]
        let digest = SHA256.hash(parts: said.map { SHA256.hash($0 ?? "").bytes })
        return AttemptState(
            id: id, nonce: nonce, account: account.name, sender: sender, epoch: ownership.epoch,
            node: ownership.node, intentAt: now, sendLeaseUntil: lease, validitySeconds: validity,
            waitUntil: wait, request: digest.bytes)
    }

    /// An account without its secret rests like a dead one, and says why.
    private func secret(of account: ProviderAccount) throws -> Secret? {
        let problem: String
        do {
            if let current = try context.secrets.current(statements, name: account.secretName) {
                return current.primary
            }
            problem = "Its secret \(account.secretName) is not set. Run ml-relay secrets set."
        } catch let error as SecretsError {
            problem = error.description
        }
        try AccountHealthDesk(statements: statements, actor: ownership.node, now: now).record(
            .dead(until: now + context.times.breakerRest, reason: problem), account: account.name)
        return nil
    }
}
