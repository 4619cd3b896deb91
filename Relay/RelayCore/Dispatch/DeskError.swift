/// Why a person's command about notifications was not done.
package enum DeskError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No notification of this id.
    case unknownNotification(String)
    /// Its state does not allow it.
    case refused(String, NotificationState.PersonRefusal)
    /// The pause lasted so long that what waits may be stale: say what becomes of it.
    case asksAboutBacklog(waiting: Int)
    /// What was to be resumed is not paused.
    case notPaused(String)

    package var description: String {
        switch self {
        case .unknownNotification(let id): "There is no notification \(id). Look it up in notifications list."
        case .refused(let id, let refusal): "Notification \(id) \(Self.sentence(refusal))"
        case .asksAboutBacklog(let waiting):
            "The pause lasted over an hour and \(waiting) messages wait. Say --send or --expire for them."
        case .notPaused(let what): "\(what) is not paused, so there is nothing to resume."
        }
    }

    private static func sentence(_ refusal: NotificationState.PersonRefusal) -> String {
        switch refusal {
        case .notInQueue: "does not wait for a person. Look at its state; it may still be found out."
        case .evidenceWaiting: "has evidence that is not applied yet. Try again in a second, then look at it."
        case .notHeld: "is not held. Only what is held can be released."
        case .stopped: "was cancelled. It cannot be released."
        case .notProposed: "is being reconciled after a restore. Wait until it is proposed."
        case .nameTaken: "cannot have that message: another attempt has it. Check the message's name."
        }
    }
}
