/// What one transfer proved, in the machine's terms (facts/send.md rows 5 to 8).
package struct AttemptOutcome: Equatable, Sendable {
    /// What was proved.
    package enum Proof: Equatable, Sendable {
        /// The provider took it.
        case accepted(sid: String?)
        /// It may have been taken.
        case ambiguous
        /// It was not taken.
        case notAccepted(Next)
    }
    /// What may happen after a proved refusal.
    package enum Next: Equatable, Sendable {
        /// Another attempt after the delay; `burns` says whether it counts against the limit of attempts.
        case later(after: Duration, burns: Bool)
        /// None; with `isOptOut` the recipient does not want messages of this sender.
        case never(isOptOut: Bool)
    }

    /// What was proved.
    package let proof: Proof
    /// As `attempt.outcome` keeps it: accepted, ambiguous, not_left, retryable, permanent.
    package let word: String
    /// Whether a provider's answer says so, and not the transport.
    package let isFromAnswer: Bool
    package let trouble: NotificationState.Trouble?
    package let httpStatus: Int?
    package let answer: [UInt8]?
    /// When the transport asked for the first byte.
    package let startedAt: Moment?

    package init(
        _ proof: Proof, word: String, isFromAnswer: Bool = true,
        trouble: NotificationState.Trouble? = nil, httpStatus: Int? = nil, answer: [UInt8]? = nil,
        startedAt: Moment? = nil,
    ) {
        self.proof = proof
        self.word = word
        self.isFromAnswer = isFromAnswer
        self.trouble = trouble
        self.httpStatus = httpStatus
        self.answer = answer
        self.startedAt = startedAt
    }

    /// The same where the provider's name of the message belongs to another attempt already.
    func withoutName() -> AttemptOutcome {
        AttemptOutcome(
            .accepted(sid: nil), word: word, isFromAnswer: isFromAnswer, trouble: trouble,
            httpStatus: httpStatus, answer: answer, startedAt: startedAt)
    }
}
