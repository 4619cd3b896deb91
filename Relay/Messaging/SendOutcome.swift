/// What one transfer to a provider proved about its attempt (facts/send.md rows 5 to 8).
package enum SendOutcome: Equatable, Sendable, Codable {
    /// The provider took it and named it: a SID of Twilio, or SendGrid's X-Message-Id.
    case accepted(reference: String)
    /// It may have been taken: never send again before it is found out.
    case ambiguous(reason: String)
    /// Proved: nothing of the body left.
    case notLeft(reason: String)
    /// The provider refused and may take a later attempt; the delay is its own or the catalogue's.
    case retryable(code: String, after: Duration)
    /// The provider refused for good.
    case permanent(code: String, class: ErrorClass)
}
