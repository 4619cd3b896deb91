/// Why a notification itself forbids a transfer now (facts/send.md rows 1 and 2).
package enum IntentRefusal: String, Sendable {
    /// Not `scheduled`, and not `unconfirmed` with the right to be sent again.
    case state
    /// Not due yet.
    case early
    /// Stored evidence waits to be applied.
    case evidence
    /// Cancelled, superseded, or refused for good.
    case stopped
    case deadline
    case attemptsUsedUp = "attempts_used_up"
}
