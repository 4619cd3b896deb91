/// What a step of the machine asks its caller to do, in the same transaction.
package enum NotificationEffect: Equatable, Sendable {
    /// An audit entry about the notification; the action without its `notification.`, ids and words only.
    case audit(String, [String: String])
    /// No message to this address from this sender any more; the reason is the provider's code or word.
    case suppress(reason: String)
}
