internal import SQLStore

/// Why a notification stands where it stands and what it waits for, in sentences for people.
///
/// Its state alone does not say it: pauses, the account's health, suppressions and a person's word stand in other rows.
struct NotificationReasons {
    let statements: TenantStatements
    /// With ``NotificationDetail/columns``.
    let row: SQLRow

    /// In the order in which a person should read them; empty where the state says everything.
    func sentences() throws -> [String] {
        let deadline = try row.moment("deadline_at")
        switch try row.text("state") {
        case "awaiting_recipient":
            return ["It is asked again at each change of the directory until \(deadline), then it fails."]
        case "held": return try [held(until: deadline)] + waiting()
        case "scheduled":
            return try waiting()
                + ["It is due at \(row.moment("due_at")) and expires at \(deadline)."] + personsWord()
        case "unconfirmed": return try unconfirmed()
        case "expired": return ["Its deadline, \(deadline), passed before it was sent."]
        case "suppressed": return [try suppressed()]
        case "failed": return try failed()
        case "cancelled":
            let isExplained = try row.optionalText("error_text") != nil
            return isExplained ? [] : ["It was taken back before it was sent."]
        default:
            let isClosed = try row.optionalText("closed") != nil
            return isClosed ? ["It was closed without a receipt: the provider gave none for a day."] : []
        }
    }

    // MARK: What it waits for

    /// What keeps a message from leaving that may leave by its own state.
    private func waiting() throws -> [String] { try pauses() + account() }

    private func pauses() throws -> [String] {
        var sentences: [String] = []
        let tenant = try statements.first(
            """
            SELECT paused, recovering, coalesce(paused_at, 0) AS at, paused_by, paused_reason FROM tenant
            WHERE tenant = ?1
            """)
        if let tenant, try tenant.integer("paused") + tenant.integer("recovering") > 0 {
            let (by, reason) = (
                try tenant.optionalText("paused_by"), try tenant.optionalText("paused_reason")
            )
            sentences.append(
                try Self.pause("tenant", since: tenant.moment("at"), by: by, reason: reason, options: ""))
        }
        let rows = try statements.rows(
            """
            SELECT scope, key, at, by, reason FROM pause
            WHERE tenant = ?1 AND ((scope = 'channel' AND key = ?2) OR (scope = 'rule' AND key = ?3))
            ORDER BY scope
            """, [.text(try row.text("channel")), .text(try row.text("rule"))])
        for pause in rows {
            let (scope, key) = (try pause.text("scope"), try pause.text("key"))
            sentences.append(
                try Self.pause(
                    "\(scope) \(key)", since: pause.moment("at"), by: pause.text("by"),
                    reason: pause.text("reason"), options: " --\(scope) '\(key)'"))
        }
        return sentences
    }

    private static func pause(
        _ what: String, since: Moment, by: String?, reason: String?, options: String,
    ) -> String {
        "The \(what) is paused since \(since) by \(by ?? "the relay") (\(reason ?? "no reason")); "
            + "ml-relay resume\(options) lets it go on."
    }

    private func account() throws -> [String] {
        guard let name = try row.optionalText("account") else { return [] }
        let account = try statements.first(
            """
            SELECT state, dead_until_at, dead_reason FROM provider_account WHERE tenant = ?1 AND account = ?2
            """, [.text(name)])
        switch try account?.text("state") {
        case "dead":
            let until = try account?.optionalMoment("dead_until_at").map { " until \($0)" } ?? ""
            let reason = try account?.optionalText("dead_reason") ?? "no reason"
            return ["The account \(name) rests\(until): \(reason)"]
        case "retired", nil:
            return ["The account \(name) is not in the configuration any more, so nothing is sent by it."]
        default: return []
        }
    }

    private func held(until deadline: Moment) throws -> String {
        switch try row.optionalText("held_reason") {
        case "duplicate":
            "Another invoice has the same REF_DOC_NO, amount and date. ml-relay notifications release sends it; "
                + "else it expires at \(deadline)."
        case "recovered":
            "The database was set back: it may have been sent before. Compare with the provider, then "
                + "ml-relay resume, and ml-relay notifications release."
        case let reason:
            "It is held (\(reason ?? "no reason")). ml-relay notifications release sends it; "
                + "else it expires at \(deadline)."
        }
    }

    private func unconfirmed() throws -> [String] {
        if let reason = try row.optionalText("person_reason") {
            return [
                Self.sentence(forPerson: reason),
                "Look it up at the provider, then say what became of it: ml-relay notifications resolve.",
            ]
        }
        if try row.integer("may_resend") == 1 {
            return try ["It was looked for and not found; it is sent again."] + waiting()
        }
        let until = try row.optionalMoment("wait_until").map { " until \($0)" } ?? ""
        return ["The provider may have it and did not say so; its proof is waited for\(until)."]
    }

    /// The words of the person's queue.
    static func sentence(forPerson reason: String) -> String {
        switch reason {
        case "not_found": "The provider shows no trace of it, and that is no proof."
        case "deadline": "Its deadline passed before it was found out."
        case "list_unavailable": "The provider's list could not be had in time."
        case "twin": "Another message with the same sender, number and text is open too."
        case "two_candidates": "The provider's list shows more than one message that may be this one."
        case "changed_text": "The provider's list shows a message to that number with another text."
        case "no_open_attempt": "The provider's list shows a message that belongs to no open attempt."
        case "attempts_used_up": "All attempts are used up, and one of them may have arrived."
        case "stopped": "It was taken back after it may have left."
        case "suppressed": "The recipient opted out after it may have left."
        case "incomplete": "Recipient, sender or text is missing now, and it may have left."
        default: "Nobody can say whether it was sent (\(reason))."
        }
    }

    // MARK: How it ended

    private func suppressed() throws -> String {
        let found = try statements.first(
            """
            SELECT reason, since_at FROM suppression
            WHERE tenant = ?1 AND address = ?2 AND account = ?3 AND sender IN ('', ?4)
            ORDER BY until_at IS NOT NULL, since_at DESC LIMIT 1
            """,
            try [
                SQLValue(row.optionalText("address").map(SuppressionList.key)),
                SQLValue(row.optionalText("account")), .text(row.optionalText("sender") ?? ""),
            ])
        guard let found else { return "The recipient does not want messages of this sender." }
        let (since, reason) = (try found.moment("since_at"), try found.text("reason"))
        return "The recipient does not want messages of this sender since \(since) (\(reason))."
    }

    private func failed() throws -> [String] {
        let word = try personsWord()
        if !word.isEmpty { return word }
        let (attempts, limit) = (try row.integer("attempt"), try row.integer("attempt_limit"))
        return attempts > 0 && attempts >= limit ? ["All \(attempts) attempts were used up."] : []
    }

    private func personsWord() throws -> [String] {
        guard let word = try row.optionalText("person_word"), let by = try row.optionalText("person_word_by"),
            let at = try row.optionalMoment("person_word_at")
        else { return [] }
        return ["\(by) said \(word) at \(at)."]
    }
}
