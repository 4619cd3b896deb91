/// Which transfer: the number alone starts again in another life of the database.
package struct AttemptID: Hashable, Sendable {
    /// Of the database whose intent it is, 16 bytes.
    package let incarnation: [UInt8]
    /// From 1.
    package let n: Int64

    package init(incarnation: [UInt8], n: Int64) {
        self.incarnation = incarnation
        self.n = n
    }
}

/// One transfer and what was proved about it.
package struct AttemptState: Equatable, Sendable {
    /// What was proved.
    package enum Result: String, Sendable { case open, notAccepted = "not_accepted", accepted }
    /// Who proved it.
    package enum Proof: String, Sendable { case answer, callback, list, fetch, person, transport }

    /// Which transfer it is.
    package let id: AttemptID
    /// What a callback about it brings (``AttemptNonce``).
    package let nonce: [UInt8]
    /// Our name of the account, and the sender, that it was made for.
    package let account: String
    package let sender: String
    /// Who set the intent down.
    package let epoch: Int64
    package let node: String
    /// When the intent was set down, by the database's clock.
    package let intentAt: Moment
    /// Until when its node may still bring the outcome.
    package let sendLeaseUntil: Moment
    /// What the provider was told: later than that it sends nothing more.
    package let validitySeconds: Int64
    /// A list that began later and shows nothing says that it was not taken.
    package let waitUntil: Moment
    /// SHA-256 of what was sent.
    package let request: [UInt8]?
    /// What was proved, by whom and when.
    package var result = Result.open
    package var proof: Proof?
    package var resultAt: Moment?
    /// The provider's name of the message.
    package var sid: String?
    /// When the transport asked for the first byte, where that is known.
    package var startedAt: Moment?
    /// The outcome's own word: accepted, ambiguous, not_left, retryable, permanent.
    package var outcome: String?
    package var httpStatus: Int?
    package var errorCode: String?
    package var errorText: String?
    package var answer: [UInt8]?
    /// By how much the wall clock was set back while it was open: it may be that much older than it says.
    package var clockSlack = Duration.zero
    /// Begin of the last complete listing that found nothing.
    package var listedAt: Moment?

    package init(
        id: AttemptID, nonce: [UInt8], account: String, sender: String, epoch: Int64, node: String,
        intentAt: Moment, sendLeaseUntil: Moment, validitySeconds: Int64, waitUntil: Moment,
        request: [UInt8]?,
    ) {
        self.id = id
        self.nonce = nonce
        self.account = account
        self.sender = sender
        self.epoch = epoch
        self.node = node
        self.intentAt = intentAt
        self.sendLeaseUntil = sendLeaseUntil
        self.validitySeconds = validitySeconds
        self.waitUntil = waitUntil
        self.request = request
    }

    /// Closes it by a proof, or by a later one that overrules a person's word.
    mutating func close(_ result: Result, by proof: Proof, at now: Moment) {
        self.result = result
        self.proof = proof
        resultAt = now
    }
}
