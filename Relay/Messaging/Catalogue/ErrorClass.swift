/// What is to be done about a provider's error code (facts/twilio.md section 2).
package enum ErrorClass: String, Codable, Sendable, CaseIterable {
    /// The address is not usable on this channel: mark it, take the next channel.
    case recipient
    /// The recipient does not want messages of this sender: suppress, never retry.
    case optOut = "opt_out"
    /// The rendering or the request is wrong: mend the template, then replay.
    case content
    /// A filter or carrier stopped it: no retry on this channel.
    case blocked
    /// An account, sender or setting is wrong: pause the channel and tell the operator.
    case configuration
    /// The same request may be sent again after the code's delay.
    case retry
    /// A later failure of what was accepted, worth one new generation where the rule allows doubles.
    case retryOnce = "retry_once"
    /// The message's own time ran out.
    case expired
    /// Nothing failed.
    case notice
    /// Not in the catalogue: permanent, and a person decides.
    case unknown
}
