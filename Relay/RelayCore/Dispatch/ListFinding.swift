/// What a provider's list says about an open attempt (facts/send.md rows 13 to 15).
package enum ListFinding: Equatable, Sendable {
    /// Exactly one unbound candidate, and no twin: the message, and the attempt that it belongs to.
    case found(DeliveryWord, attempt: AttemptID)
    /// A complete list without a candidate.
    case nothing
    /// A twin, several candidates, or a text that the provider may have changed: nobody can tell.
    case unclear(reason: String)
    /// No complete list.
    case unavailable
}
