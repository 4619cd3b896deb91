internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

/// Asks again whom waiting notifications are for, after the directory changed (DESIGN.md 6.3).
///
/// The deadline ends what nobody was found for; that is a row of the send machine, and dispatch's.
struct AwaitingRecipients {
    let context: ProcessContext
    let rules: RuleSets
    let schemas: SchemaStore

    /// Notifications in one transaction.
    static let limit: Int64 = 200

    /// Asks for the next part behind `last`.
    ///
    /// - Returns: the last one asked for; nil where none was left.
    func retry(after last: String) throws -> String? {
        let rows = try context.statements.rows(
            """
            SELECT notification, event, rule_set, rule, notify, role FROM notification
            WHERE tenant = ?1 AND state = 'awaiting_recipient' AND notification > ?2 AND deadline_at > ?3
            ORDER BY notification LIMIT ?4
            """, [.text(last), context.now.sql, .integer(Self.limit)])
        for row in rows {
            let id = try row.text("notification")
            // One that cannot be completed waits on, alone.
            if case .failure(let problem) = try context.contained("awaiting", { try complete(id, row) }) {
                try note(problem, id)
            }
        }
        return try rows.last?.text("notification")
    }

    private func complete(_ id: String, _ row: SQLRow) throws {
        guard
            let version = try rules.version(row.integer("rule_set"), context.statements),
            let rule = try rule(row, version),
            let event = try JournaledEvent.stored(
                row.integer("event"), context.statements, schemas: schemas)
        else { return }
        let index = Int(try row.integer("notify"))
        let role = try row.text("role")
        guard rule.notify.indices.contains(index),
            let selector = rule.notify[index].recipients.first(where: { $0.description == role })
        else { return }
        let resolver = context.resolver(source: event.event.source)
        let heldReason = try context.statements.first(
            "SELECT held_reason FROM notification WHERE tenant = ?1 AND notification = ?2", [.text(id)]
        )?.optionalText(0)
        let maker = NotificationMaker(
            context: context, event: event, version: version, rule: rule,
            heldAsDuplicate: heldReason == "duplicate")
        let resolutions = try resolver.resolve(
            selector, channel: rule.notify[index].channel, in: event.record)
        let value = try maker.dedupValue()
        // Its key says which it is: one that lacks a sender alone may be any recipient's of its party.
        for drafts in resolutions.map({ maker.drafts($0, index, rule.notify[index], selector, value) }) {
            guard let draft = drafts.first(where: { $0.key.id() == id }), draft.recipient != nil else {
                continue
            }
            if try isTold(draft, by: rule, event, besides: id) { return try end(id) }
            let content = try maker.content(draft)
            guard try NotificationRow(maker: maker, draft: draft, content: content).complete(id) else {
                return
            }
            context.hasScheduled = true
            var detail = ["event": event.id.hexadecimal]
            detail["text"] = content.map { SHA256.hash($0.text).hexadecimal }
            try context.audit(AuditAction.recipientFound, id, detail)
            for further in drafts where try !isTold(further, by: rule, event, besides: "") {
                _ = try maker.make(further)
            }
        }
    }

    /// Whether the rule has a message about this event to this address already (case C156).
    private func isTold(
        _ draft: NotificationMaker.Draft, by rule: Rule, _ event: JournaledEvent, besides id: String,
    ) throws -> Bool {
        try context.statements.first(
            """
            SELECT 1 FROM notification
            WHERE tenant = ?1 AND event = ?2 AND rule = ?3 AND notify = ?4 AND lower(address) = ?5
              AND notification <> ?6
            """,
            [
                .integer(event.number), .text(rule.name), .integer(Int64(draft.index)),
                SQLValue(draft.recipient?.mailbox), .text(id),
            ]) != nil
    }

    private func end(_ id: String) throws {
        try context.statements.run(
            """
            UPDATE notification SET state = 'cancelled', error_code = 'same_address', error_class = 'recipient',
                error_text = 'Another message of this rule about the document goes to the same address.',
                ended_at = ?3, changed_at = ?3
            WHERE tenant = ?1 AND notification = ?2 AND state = 'awaiting_recipient'
            """, [.text(id), context.now.sql])
        try context.audit("notification.cancelled", id, ["reason": "same_address"])
    }

    private func rule(_ row: SQLRow, _ version: RuleSets.Version) throws -> Rule? {
        let name = try row.text("rule")
        return version.rules.rules.first { $0.name == name }
    }

    private func note(_ problem: ContainedProblem, _ id: String) throws {
        try context.statements.run(
            """
            UPDATE notification SET error_code = ?3, error_class = 'configuration', error_text = ?4,
                changed_at = ?5
            WHERE tenant = ?1 AND notification = ?2 AND state = 'awaiting_recipient'
            """,
            [.text(id), .text(problem.code), .text(problem.sentence), context.now.sql])
    }
}
