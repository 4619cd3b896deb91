/// Where one notification stands: the machine of facts/send.md section 2 as a value.
///
/// It decides and does nothing: no clock, no input or output. The rows below each name are the table's. Guards
/// that need other rows (owner, pause, suppression, rate) are the caller's, in the same transaction.
/// "PERSON" of the table is ``Stage/unconfirmed`` with ``personSince``.
package struct NotificationState: Equatable, Sendable {
    /// The states, by the words of the database.
    package enum Stage: String, Sendable, CaseIterable {
        case awaitingRecipient = "awaiting_recipient"
        case collecting, held, scheduled, sending, unconfirmed
        case accepted, sent, undelivered, delivered
        case failed, suppressed, expired, cancelled

        /// accepted < sent < undelivered < delivered, which never falls; 0 for everything else.
        package var rank: Int {
            switch self {
            case .accepted: 1
            case .sent: 2
            case .undelivered: 3
            case .delivered: 4
            default: 0
            }
        }

        /// Whether it says that nothing was sent, which invariant I has proved.
        package var saysNotSent: Bool {
            switch self {
            case .scheduled, .failed, .suppressed, .expired, .cancelled: true
            default: false
            }
        }

        /// Whether nothing is going to happen any more by itself.
        package var isEnd: Bool {
            switch self {
            case .failed, .suppressed, .expired, .cancelled, .undelivered, .delivered: true
            default: false
            }
        }
    }

    /// What stands beside the state and ends the sending (facts/send.md F4).
    package enum Stop: String, Sendable {
        /// A person, or a later transition of the document, took it back.
        case cancel
        /// A replay took its right to be sent.
        case superseded
        /// The provider refused for good while another attempt was open.
        case noMore = "no_more"
    }

    /// What happens to a message of which nobody can say whether it was sent.
    package enum Policy: String, Sendable {
        case atMostOnce = "at-most-once"
        case atLeastOnce = "at-least-once"
    }

    /// A provider's refusal or failure, as the row keeps it.
    package struct Trouble: Equatable, Sendable {
        /// The provider's code.
        package var code: String?
        /// What is to be done about it.
        package var kind: TroubleClass?
        /// What it means and what a person does about it; our words, no address.
        package var text: String?

        package init(code: String?, kind: TroubleClass?, text: String?) {
            self.code = code
            self.kind = kind
            self.text = text
        }
    }

    /// A person's statement about the notification.
    package struct Word: Equatable, Sendable {
        package var word: String
        package var by: String
        package var at: Moment
    }

    /// The state, by the words of the database.
    package var stage: Stage
    /// What stands beside the state.
    package var stop: Stop?
    /// Whether the provider lists what it accepted and can be asked by its name: SMS, not e-mail.
    package let isListed: Bool
    /// The rule's.
    package let policy: Policy
    /// The newest attempt's number, 0 before the first.
    package var attempt: Int64 = 0
    package var attemptLimit: Int64 = 8
    /// Not sent before the one, nor begun after the other.
    package var dueAt: Moment
    package var deadlineAt: Moment
    /// Of the newest attempt.
    package var sendLeaseUntil: Moment?
    package var waitUntil: Moment?
    /// At-least-once: the newest attempt was looked for and not found.
    package var mayResend = false
    /// Pieces stored and pieces applied.
    package var evidence: Int64 = 0
    package var applied: Int64 = 0
    /// Brought back by a restore, and looked for without result.
    package var recovered = false
    package var proposed = false
    package var heldReason: String?
    /// In the person's queue since, and why.
    package var personSince: Moment?
    package var personReason: String?
    package var word: Word?
    /// The provider's name of the message.
    package var sid: String?
    package var providerStatus: String?
    package var trouble = Trouble(code: nil, kind: nil, text: nil)
    package var acceptedAt: Moment?
    package var sentAt: Moment?
    package var endedAt: Moment?
    /// When the provider is asked next: its list while unconfirmed, the message by its name afterwards.
    package var nextLookAt: Moment?
    package var fetches: Int64 = 0
    package var closed: String?
    /// All attempts, oldest first.
    package var attempts: [AttemptState] = []

    /// A notification before its first attempt.
    package init(
        stage: Stage, policy: Policy, isListed: Bool, dueAt: Moment, deadlineAt: Moment,
    ) {
        self.stage = stage
        self.policy = policy
        self.isListed = isListed
        self.dueAt = dueAt
        self.deadlineAt = deadlineAt
    }

    /// In a person's queue: nobody can say whether it was sent.
    package var isWithPerson: Bool { stage == .unconfirmed && personSince != nil }

    /// Whether every stored piece of evidence is applied (facts/send.md F3).
    package var isUpToDate: Bool { evidence == applied }

    /// Whether each attempt is proved not accepted.
    package var allClosed: Bool { attempts.allSatisfy { $0.result == .notAccepted } }

    /// Invariant I of facts/send.md: what says "not sent" has proved it.
    package var isSound: Bool { !stage.saysNotSent || (allClosed && !recovered) }

    /// The newest attempt.
    package var newest: AttemptState? { attempts.last }

    func index(of id: AttemptID) -> Int? { attempts.firstIndex { $0.id == id } }

    /// Ends in a state that says "not sent", or in one of delivery.
    mutating func end(_ stage: Stage, at now: Moment) {
        self.stage = stage
        endedAt = now
        nextLookAt = nil
        mayResend = false
        clearPerson()
    }

    mutating func clearPerson() {
        personSince = nil
        personReason = nil
    }
}

/// The classes of the column `error_class`.
package enum TroubleClass: String, Sendable {
    case permanent, retryable, configuration, recipient
}
