internal import HTTPTransport

/// What one transfer brought: what it proves, and the answer that proves it.
package struct SendReport: Equatable, Sendable, Codable {
    /// What was proved about the attempt.
    package let outcome: SendOutcome
    /// The answer's status; nil where there was no whole answer.
    package let httpStatus: Int?
    /// The beginning of an answer that was no acceptance, at most 2 KiB; what was accepted is not kept, since it
    /// repeats text and address.
    package let answer: [UInt8]?
    /// When the transport asked for the body's first byte, in milliseconds since 1970; nil where it never did,
    /// or nobody noted it.
    package var startedAtMilliseconds: Int64?

    private static let answerLimitBytes = 2_048

    /// A report without an answer, for what the transport or the caller says.
    package init(_ outcome: SendOutcome) {
        self.outcome = outcome
        httpStatus = nil
        answer = nil
    }

    init(_ outcome: SendOutcome, _ response: TransportResponse) {
        self.outcome = outcome
        httpStatus = response.status
        if case .accepted = outcome {
            answer = nil
        } else {
            answer = Array(response.body.prefix(Self.answerLimitBytes))
        }
    }
}
