/// One thing that goes wrong, as data: what, how often, and for which messages.
package struct Fault: Codable, Hashable, Sendable {
    /// What goes wrong.
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// The create is accepted, then the connection is reset without an answer.
        case acceptThenReset = "accept_then_reset"
        /// The create is accepted, then the connection is closed without an answer.
        case answerLost = "answer_lost"
        /// The create is accepted and answered after `ms`.
        case slow
        /// 429, not accepted.
        case rateLimited = "rate_limited"
        /// `status` (503 unless given), not accepted.
        case errorBefore = "error_before"
        /// `status` (500 unless given), although accepted.
        case errorAfter = "error_after"
        /// Refused with 400 and `code`.
        case refused
        /// The first callback is answered before the create is.
        case callbackFirst = "callback_first"
        /// Every callback comes `times` more times.
        case callbackRepeated = "callback_repeated"
        /// Later callbacks come first.
        case callbackReordered = "callback_reordered"
        /// Callbacks come `ms` later, or never where `ms` is not given.
        case callbackWithheld = "callback_withheld"
        /// The message waits `ms` longer for its sending; beyond its ValidityPeriod it fails with 30036.
        case queuedLonger = "queued_longer"
        /// The delivery ends as `undelivered` (e-mail: `bounce`) with `code`.
        case undelivered
    }

    /// What goes wrong.
    package var kind: Kind
    /// From 0 to 1; 1 unless given.
    package var probability: Double?
    /// How many times at most; without limit unless given.
    package var count: Int?
    /// How many matching creates pass first; 0 unless given.
    package var skip: Int?
    /// Only where the recipient's address contains this text.
    package var to: String?
    /// Only `sms` or `email`.
    package var channel: String?
    /// Only on connections that have served a request before.
    package var reused: Bool?
    /// Milliseconds, for the kinds that say so.
    package var ms: Int?
    /// An HTTP status, for the kinds that say so.
    package var status: Int?
    /// A Twilio error code, for the kinds that say so.
    package var code: Int?
    /// How many more times, for the kinds that say so; 1 unless given.
    package var times: Int?

    /// A fault that always happens.
    package init(_ kind: Kind) { self.kind = kind }
}

/// The faults that hold at a time, in the form of `PUT /faults`.
package struct FaultPlan: Codable, Hashable, Sendable {
    /// Each is tried for each create, in this order.
    package var faults: [Fault]

    /// A plan of these faults.
    package init(_ faults: [Fault] = []) { self.faults = faults }
}
