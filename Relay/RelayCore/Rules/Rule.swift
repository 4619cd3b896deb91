/// One rule of a rule set: which events it is about, and what is sent when it matches (DESIGN.md 6.2).
package struct Rule: Sendable {
    /// How much it matters to those who get it; the raw values are those of the table `notification`.
    package enum Severity: String, Hashable, Sendable, CaseIterable {
        case low, normal, high, critical
    }

    /// What is done about a message of which nobody can tell whether it left (facts/send.md).
    package enum DeliveryPolicy: String, Hashable, Sendable, CaseIterable {
        case atMostOnce = "at-most-once"
        case atLeastOnce = "at-least-once"
    }

    /// Unique in its set; what decisions, audit and pauses name it by.
    package let name: String
    /// The event type that it is about.
    package let on: String
    /// The condition as it was written; nil where every event of the type matches.
    package let when: String?
    package let severity: Severity
    /// Language of its messages where the recipient has none of its own.
    package let locale: String?
    /// How long after the fact could first be known a message may still be sent; nil: the tenant's default, 24 h.
    package let deadline: Duration?
    package let deliveryPolicy: DeliveryPolicy
    /// What is sent, in the order of the file.
    package let notify: [Notify]
    /// What is told once only; nil: each event.
    package let dedup: DedupKey?
    /// Where its name stands in the file, from 1.
    package let line: Int

    let condition: RuleCondition
}

/// What became of a rule's condition when its set was read.
enum RuleCondition: Sendable {
    case always
    /// Its index among the conditions of its event type, and where its source stands in the file.
    case compiled(Int, SourceMap)
    /// A stored set whose condition does not fit the schemas of today: it fails for each event, and alone.
    case broken(RuleDiagnostic)
}
