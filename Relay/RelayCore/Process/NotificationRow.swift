internal import SQLStore

/// A notification as it is first written down (facts/send.md section 2).
struct NotificationRow {
    private let maker: NotificationMaker
    private let draft: NotificationMaker.Draft
    private let content: RenderedMessage?
    private let sender: SenderChoice.Sender?
    private let deadline: Moment
    private var context: ProcessContext { maker.context }

    init(maker: NotificationMaker, draft: NotificationMaker.Draft, content: RenderedMessage?) {
        self.maker = maker
        self.draft = draft
        self.content = content
        sender = maker.context.senders.sender(draft.notify.channel)
        deadline = maker.event.knownAt + (maker.rule.deadline ?? NotificationMaker.defaultDeadline)
    }

    /// Where it stands from the beginning.
    var state: String {
        if deadline <= context.now { return "expired" }
        if draft.recipient == nil || sender == nil { return "awaiting_recipient" }
        return heldReason == nil ? "scheduled" : "held"
    }

    /// Kept beside `awaiting_recipient` too: it holds once somebody is found.
    private var heldReason: String? {
        if context.isRecovering { return "recovered" }
        return maker.heldAsDuplicate ? "duplicate" : nil
    }

    /// What is missing, while something is.
    private var trouble: (code: String, kind: String, text: String)? {
        guard state == "awaiting_recipient" else { return nil }
        if draft.recipient == nil {
            return ("no_recipient", "recipient", draft.resolution.reason ?? "Nobody was found to tell.")
        }
        return (
            "no_sender", "configuration",
            "No account of the tenant sends \(draft.notify.channel.rawValue). Give one a sender and restart."
        )
    }

    /// Writes the row; evidence that came before it (for an attempt that a restored database forgot) counts.
    func insert(_ id: String) throws {
        let party = draft.recipient?.party ?? draft.resolution.asked
        try context.statements.run(
            """
            INSERT INTO notification
                (tenant, notification, event, rule_set, rule, notify, channel, severity, role, party_kind,
                 party_key, recipient_name, address, locale, account, sender, subject, body, html, state,
                 due_at, deadline_at, delivery_policy, recovered, held_reason, error_code, error_class,
                 error_text, ended_at, created_at, changed_at, evidence, applied)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
                   ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?30, count(*), count(applied_at)
            FROM evidence WHERE tenant = ?1 AND notification = ?2
            """,
            [
                .text(id), .integer(maker.event.number), .integer(maker.version.number),
                .text(maker.rule.name), .integer(Int64(draft.index)), .text(draft.notify.channel.rawValue),
                .text(maker.rule.severity.rawValue), .text(draft.role), SQLValue(party?.kind),
                SQLValue(party?.key),
            ] + recipientValues + [
                .text(state), context.now.sql, deadline.sql, .text(maker.rule.deliveryPolicy.rawValue),
                SQLValue(context.isRecovering), SQLValue(heldReason), SQLValue(trouble?.code),
                SQLValue(trouble?.kind), SQLValue(trouble?.text),
                state == "expired" ? context.now.sql : .null, context.now.sql,
            ])
    }

    /// Fills in whom a waiting notification is for.
    ///
    /// - Returns: false where it does not wait any more, or still nobody is found.
    func complete(_ id: String) throws -> Bool {
        guard let party = draft.recipient?.party, sender != nil, state != "expired" else { return false }
        return try context.statements.run(
            """
            UPDATE notification SET party_kind = ?3, party_key = ?4, recipient_name = ?5, address = ?6,
                locale = ?7, account = ?8, sender = ?9, subject = ?10, body = ?11, html = ?12,
                state = CASE WHEN held_reason IS NULL THEN 'scheduled' ELSE 'held' END, due_at = ?13,
                error_code = NULL, error_class = NULL, error_text = NULL, changed_at = ?13
            WHERE tenant = ?1 AND notification = ?2 AND state = 'awaiting_recipient' AND stop IS NULL
              AND deadline_at > ?13
            """,
            [.text(id), .text(party.kind), .text(party.key)] + recipientValues + [context.now.sql]) == 1
    }

    private var recipientValues: [SQLValue] {
        [
            SQLValue(draft.recipient?.name), SQLValue(draft.recipient?.address),
            SQLValue(draft.recipient?.language ?? maker.rule.locale ?? context.locale),
            SQLValue(sender?.account), SQLValue(sender?.sender), SQLValue(content?.subject),
            SQLValue(content?.text), SQLValue(content?.html),
        ]
    }
}
