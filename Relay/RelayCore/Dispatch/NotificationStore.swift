internal import SQLStore

/// Reads and writes the machine's rows; each call belongs to the transaction of its statements.
package struct NotificationStore {
    private let statements: TenantStatements

    /// - Parameter statements: of a transaction that holds the write lock, where anything is saved.
    package init(_ statements: TenantStatements) { self.statements = statements }

    /// A notification with all its attempts; nil where there is none of that id.
    package func load(_ notification: String) throws -> (NotificationState, NotificationContent)? {
        let row = try statements.first(
            "SELECT * FROM notification WHERE tenant = ?1 AND notification = ?2", [.text(notification)])
        guard let row else { return nil }
        let content = NotificationContent(
            notification: notification, rule: try row.text("rule"), channel: try row.text("channel"),
            account: try row.optionalText("account"), sender: try row.optionalText("sender"),
            address: try row.optionalText("address"), subject: try row.optionalText("subject"),
            body: try row.optionalText("body"), html: try row.optionalText("html"))
        var state = try Self.state(row, isListed: content.isListed)
        state.attempts = try statements.rows(
            """
            SELECT * FROM attempt WHERE tenant = ?1 AND notification = ?2 ORDER BY n, intent_at
            """, [.text(notification)]
        ).map(Self.attempt)
        return (state, content)
    }

    private static func state(_ row: SQLRow, isListed: Bool) throws -> NotificationState {
        func word<Word: RawRepresentable<String>>(_ column: String, _ type: Word.Type) throws -> Word {
            guard let word = Word(rawValue: try row.text(column)) else {
                throw SQLError.wrongType(column: column, expected: "\(type)", found: "another word")
            }
            return word
        }
        var state = NotificationState(
            stage: try word("state", NotificationState.Stage.self),
            policy: try word("delivery_policy", NotificationState.Policy.self), isListed: isListed,
            dueAt: try row.moment("due_at"), deadlineAt: try row.moment("deadline_at"))
        state.stop = try row.optionalText("stop").flatMap(NotificationState.Stop.init(rawValue:))
        state.attempt = try row.integer("attempt")
        state.attemptLimit = try row.integer("attempt_limit")
        state.sendLeaseUntil = try row.optionalMoment("send_lease_until")
        state.waitUntil = try row.optionalMoment("wait_until")
        state.mayResend = try row.boolean("may_resend")
        state.evidence = try row.integer("evidence")
        state.applied = try row.integer("applied")
        state.recovered = try row.boolean("recovered")
        state.proposed = try row.boolean("proposed")
        state.heldReason = try row.optionalText("held_reason")
        state.personSince = try row.optionalMoment("person_since_at")
        state.personReason = try row.optionalText("person_reason")
        if let word = try row.optionalText("person_word"), let at = try row.optionalMoment("person_word_at") {
            state.word = .init(word: word, by: try row.optionalText("person_word_by") ?? "", at: at)
        }
        state.sid = try row.optionalText("sid")
        state.providerStatus = try row.optionalText("provider_status")
        state.trouble = .init(
            code: try row.optionalText("error_code"),
            kind: try row.optionalText("error_class").flatMap(TroubleClass.init(rawValue:)),
            text: try row.optionalText("error_text"))
        state.acceptedAt = try row.optionalMoment("accepted_at")
        state.sentAt = try row.optionalMoment("sent_at")
        state.endedAt = try row.optionalMoment("ended_at")
        state.nextLookAt = try row.optionalMoment("next_fetch_at")
        state.fetches = try row.integer("fetches")
        state.closed = try row.optionalText("closed")
        return state
    }

    private static func attempt(_ row: SQLRow) throws -> AttemptState {
        var attempt = AttemptState(
            id: AttemptID(incarnation: try row.blob("incarnation"), n: try row.integer("n")),
            nonce: try row.blob("nonce"), account: try row.text("account"), sender: try row.text("sender"),
            epoch: try row.integer("epoch"), node: try row.text("node"),
            intentAt: try row.moment("intent_at"), sendLeaseUntil: try row.moment("send_lease_until"),
            validitySeconds: try row.integer("validity_seconds"), waitUntil: try row.moment("wait_until"),
            request: try row.optionalBlob("request"))
        attempt.result = AttemptState.Result(rawValue: try row.text("result")) ?? .open
        attempt.proof = try row.optionalText("result_by").flatMap(AttemptState.Proof.init(rawValue:))
        attempt.resultAt = try row.optionalMoment("result_at")
        attempt.sid = try row.optionalText("sid")
        attempt.outcome = try row.optionalText("outcome")
        attempt.httpStatus = try row.optionalInteger("http_status").map(Int.init)
        attempt.errorCode = try row.optionalText("error_code")
        attempt.errorText = try row.optionalText("error_text")
        attempt.answer = try row.optionalBlob("answer")
        attempt.startedAt = try row.optionalMoment("started_at")
        attempt.clockSlack = .milliseconds(try row.integer("clock_slack"))
        attempt.listedAt = try row.optionalMoment("listed_at")
        return attempt
    }

    /// Stores what changed between two states, and does what the machine asked for.
    ///
    /// - Parameter actor: who is named in the audit: the node, a provider, a person.
    package func save(
        _ state: NotificationState, was before: NotificationState, _ content: NotificationContent,
        effects: [NotificationEffect], actor: String, now: Moment,
    ) throws {
        for (index, attempt) in state.attempts.enumerated() {
            guard index < before.attempts.count else {
                try insert(attempt, of: content.notification)
                continue
            }
            if attempt != before.attempts[index] { try update(attempt, of: content.notification) }
        }
        if state != before { try update(state, of: content.notification, now: now) }
        for effect in effects { try perform(effect, content, actor: actor, now: now) }
    }

    private func update(_ state: NotificationState, of notification: String, now: Moment) throws {
        try statements.run(
            """
            UPDATE notification SET state = ?3, stop = ?4, attempt = ?5, attempt_limit = ?6, due_at = ?7,
                send_lease_until = ?8, wait_until = ?9, may_resend = ?10, evidence = ?11, applied = ?12,
                recovered = ?13, proposed = ?14, held_reason = ?15, person_since_at = ?16,
                person_reason = ?17, person_word = ?18, person_word_by = ?19, person_word_at = ?20,
                sid = ?21, provider_status = ?22, error_code = ?23, error_class = ?24, error_text = ?25,
                accepted_at = ?26, sent_at = ?27, ended_at = ?28, next_fetch_at = ?29, fetches = ?30,
                closed = ?31, changed_at = ?32, deadline_at = ?33
            WHERE tenant = ?1 AND notification = ?2
            """,
            [
                .text(notification), .text(state.stage.rawValue), SQLValue(state.stop?.rawValue),
                .integer(state.attempt), .integer(state.attemptLimit), state.dueAt.sql,
                SQLValue(state.sendLeaseUntil), SQLValue(state.waitUntil), SQLValue(state.mayResend),
                .integer(state.evidence), .integer(state.applied), SQLValue(state.recovered),
                SQLValue(state.proposed), SQLValue(state.heldReason), SQLValue(state.personSince),
                SQLValue(state.personReason), SQLValue(state.word?.word), SQLValue(state.word?.by),
                SQLValue(state.word?.at), SQLValue(state.sid), SQLValue(state.providerStatus),
                SQLValue(state.trouble.code), SQLValue(state.trouble.kind?.rawValue),
                SQLValue(state.trouble.text), SQLValue(state.acceptedAt), SQLValue(state.sentAt),
                SQLValue(state.endedAt), SQLValue(state.nextLookAt), .integer(state.fetches),
                SQLValue(state.closed), now.sql, state.deadlineAt.sql,
            ])
    }

    private func insert(_ attempt: AttemptState, of notification: String) throws {
        try statements.run(
            """
            INSERT INTO attempt (tenant, notification, incarnation, n, nonce, account, sender, epoch, node,
                intent_at, send_lease_until, validity_seconds, wait_until, request)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            """,
            [
                .text(notification), .blob(attempt.id.incarnation), .integer(attempt.id.n),
                .blob(attempt.nonce), .text(attempt.account), .text(attempt.sender), .integer(attempt.epoch),
                .text(attempt.node), attempt.intentAt.sql, attempt.sendLeaseUntil.sql,
                .integer(attempt.validitySeconds), attempt.waitUntil.sql, SQLValue(attempt.request),
            ])
        try update(attempt, of: notification)
    }

    private func update(_ attempt: AttemptState, of notification: String) throws {
        try statements.run(
            """
            UPDATE attempt SET result = ?5, result_by = ?6, result_at = ?7, sid = ?8, outcome = ?9,
                http_status = ?10, error_code = ?11, error_text = ?12, answer = ?13, listed_at = ?14,
                started_at = ?15, clock_slack = ?16
            WHERE tenant = ?1 AND notification = ?2 AND incarnation = ?3 AND n = ?4
            """,
            [
                .text(notification), .blob(attempt.id.incarnation), .integer(attempt.id.n),
                .text(attempt.result.rawValue), SQLValue(attempt.proof?.rawValue), SQLValue(attempt.resultAt),
                SQLValue(attempt.sid), SQLValue(attempt.outcome), SQLValue(attempt.httpStatus),
                SQLValue(attempt.errorCode), SQLValue(attempt.errorText), SQLValue(attempt.answer),
                SQLValue(attempt.listedAt), SQLValue(attempt.startedAt),
                .integer(attempt.clockSlack.wholeMilliseconds),
            ])
    }

    private func perform(
        _ effect: NotificationEffect, _ content: NotificationContent, actor: String, now: Moment,
    ) throws {
        switch effect {
        case .audit(let action, let detail):
            try statements.audit(
                AuditEntry(
                    actor: actor, action: "notification." + action, subject: content.notification,
                    detail: detail), now: now)
        case .suppress(let reason):
            guard let account = content.account, let sender = content.sender, let address = content.address
            else { return }
            try SuppressionList(statements: statements, actor: actor, now: now)
                .add(account: account, sender: sender, address: address, reason: reason)
        }
    }

    /// Whether another attempt bears this name of a message.
    package func isTaken(sid: String, except id: AttemptID?, of notification: String) throws -> Bool {
        let row = try statements.first(
            "SELECT notification, incarnation, n FROM attempt WHERE tenant = ?1 AND sid = ?2", [.text(sid)])
        guard let row else { return false }
        let owner = AttemptID(incarnation: try row.blob(1), n: try row.integer(2))
        return try row.text(0) != notification || owner != id
    }
}
