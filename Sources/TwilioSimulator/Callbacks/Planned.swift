/// A change of a message's status that is to come; it stands in the ledger until it is done.
struct PlannedStep: Sendable {
    /// Row of the ledger; 0 before it stands there.
    var id: Int64 = 0
    let sid: String
    let status: String
    let code: Int64?
    let dueMs: Int64
}

/// One callback, or one post of events, that is to come; it stands in the ledger until it was answered or given up.
struct PlannedCallback: Sendable {
    /// Row of the ledger; 0 before it stands there.
    var id: Int64 = 0
    let sid: String
    let event: String
    let target: CallbackTarget
    let body: String
    let isEmail: Bool
    let dueMs: Int64
    /// Whether it is never sent.
    var isWithheld = false
    /// How often it was tried.
    var tries = 0
}

/// One accepted message with all that is to become of it.
struct PlannedMessage: Sendable {
    let message: StoredMessage
    var steps: [PlannedStep]
    var callbacks: [PlannedCallback]
}
