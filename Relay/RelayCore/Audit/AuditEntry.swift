/// One line of a tenant's audit log: what was done or decided, by whom, about what.
///
/// It holds ids, digests, names of rules and numbers; never text of messages, never addresses (DESIGN.md 6.6).
package struct AuditEntry: Hashable, Sendable {
    /// Operator's name, node, agent id, or provider.
    package let actor: String
    /// Dotted words: `batch.accepted`, `rules.activated`.
    package let action: String
    /// Id of what it is about.
    package let subject: String
    /// Whatever else proves it, by name.
    package let detail: [String: String]

    /// An entry of its parts.
    package init(actor: String, action: String, subject: String, detail: [String: String] = [:]) {
        self.actor = actor
        self.action = action
        self.subject = subject
        self.detail = detail
    }

    /// `detail` as JSON with its keys sorted, as it is stored and chained.
    var detailText: String {
        let members = detail.sorted { $0.key < $1.key }
            .map { JSONText.quoted($0.key) + ":" + JSONText.quoted($0.value) }
        return "{" + members.joined(separator: ",") + "}"
    }
}
