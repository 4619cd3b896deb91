internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

/// Makes the notifications of one rule that matched one event.
struct NotificationMaker {
    let context: ProcessContext
    let event: JournaledEvent
    let version: RuleSets.Version
    let rule: Rule
    /// Held until a person releases them: another invoice with the same reference was told before.
    let heldAsDuplicate: Bool

    /// How long after its fact could be known a message may be sent where its rule says nothing (DESIGN.md 9).
    static let defaultDeadline = Duration.seconds(86_400)

    /// One message to one recipient, before it is a row.
    struct Draft {
        let index: Int
        let notify: Notify
        let role: String
        let key: NotificationKey
        let resolution: Resolution
        /// Nil: nobody was found yet.
        let recipient: Recipient?
    }

    /// Makes what is not there yet; each failure is its own and says so in its line.
    func make() throws -> [DecisionResults.NotificationLine] {
        let value = try dedupValue()
        var lines: [DecisionResults.NotificationLine] = []
        for (index, notify) in rule.notify.enumerated() {
            // One message per address, event and entry (case C156).
            var addresses: Set<String> = []
            for selector in notify.recipients {
                for resolution in try resolve(selector, notify) {
                    for draft in drafts(resolution, index, notify, selector, value) {
                        if let recipient = draft.recipient, !addresses.insert(recipient.mailbox).inserted {
                            lines.append(line(draft, nil, "same_address"))
                        } else {
                            lines.append(try make(draft))
                        }
                    }
                }
            }
        }
        return lines
    }

    /// What tells it from others of the same rule: the event's id, or the values of the rule's dedup fields.
    func dedupValue() throws -> String {
        guard let dedup = rule.dedup else { return event.id.hexadecimal }
        let values = try dedup.fields.map { try event.ruleEvent.texts(at: $0) }
        // A document without any of the fields is like no other.
        if values.allSatisfy(\.isEmpty) { return event.id.hexadecimal }
        return zip(dedup.fields, values).map { field, found in
            ([field] + found).map { "\($0.utf8.count) \($0)" }.joined(separator: " ")
        }.joined(separator: "\n")
    }

    private func resolve(_ selector: RecipientSelector, _ notify: Notify) throws -> [Resolution] {
        try context.resolver(source: event.event.source)
            .resolve(selector, channel: notify.channel, in: event.record)
    }

    /// The first recipient bears the key of whom the document names, so that it is the same with and without him.
    func drafts(
        _ resolution: Resolution, _ index: Int, _ notify: Notify, _ selector: RecipientSelector,
        _ value: String,
    ) -> [Draft] {
        func draft(_ recipient: Recipient?, _ further: String) -> Draft {
            let key = NotificationKey(
                tenant: context.statements.tenant, rule: rule.name, notify: index, role: selector.description,
                value: value, asked: resolution.asked, further: further)
            return Draft(
                index: index, notify: notify, role: selector.description, key: key, resolution: resolution,
                recipient: recipient)
        }
        guard let first = resolution.recipients.first else { return [draft(nil, "")] }
        return [draft(first, "")]
            + resolution.recipients.dropFirst().map { draft($0, "\($0.party) \($0.address)") }
    }

    func make(_ draft: Draft) throws -> DecisionResults.NotificationLine {
        let made = try context.contained("notification") { try insert(draft) }
        switch made {
        case .success(let line): return line
        case .failure(let problem):
            return line(draft, nil, "failed", code: problem.code, sentence: problem.sentence)
        }
    }

    private func insert(_ draft: Draft) throws -> DecisionResults.NotificationLine {
        let id = draft.key.id()
        let isNew =
            try context.statements.run(
                """
                INSERT INTO notification_identity (tenant, dedup, notification, created_at)
                VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING
                """, [.blob(draft.key.dedup.bytes), .text(id), context.now.sql]) == 1
        guard isNew else { return line(draft, id, "already_told") }
        let content = try content(draft)
        let row = NotificationRow(maker: self, draft: draft, content: content)
        try row.insert(id)
        if row.state == "scheduled" { context.hasScheduled = true }
        var detail = [
            "event": event.id.hexadecimal, "rule": rule.name, "rule_set": String(version.number),
            "state": row.state,
        ]
        if let text = content?.text { detail["text"] = SHA256.hash(Array(text.utf8)).hexadecimal }
        try context.audit(AuditAction.notificationCreated, id, detail)
        return line(draft, id, row.state, sentence: draft.resolution.reason)
    }

    /// The text as it will be sent; nil while nobody is known whom it is for.
    func content(_ draft: Draft) throws(TemplateError) -> RenderedMessage? {
        guard let recipient = draft.recipient else { return nil }
        return try version.rules.render(
            notify: draft.notify, rule: rule, event: event.ruleEvent,
            recipient: RenderedRecipient(
                name: recipient.name, locale: recipient.language, tenantLocale: context.locale,
                timeZone: recipient.timeZone ?? context.timeZone))
    }

    private func line(
        _ draft: Draft, _ id: String?, _ result: String, code: String? = nil, sentence: String? = nil,
    ) -> DecisionResults.NotificationLine {
        DecisionResults.NotificationLine(
            notify: draft.index, role: draft.role, party: draft.resolution.asked?.description,
            notification: id, result: result, code: code, sentence: sentence)
    }
}
