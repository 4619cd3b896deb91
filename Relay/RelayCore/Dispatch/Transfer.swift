package import Cryptography

/// One transfer that an intent allows: everything that the request needs, read in the intent's transaction.
package struct Transfer: Sendable {
    package let content: NotificationContent
    package let account: ProviderAccount
    package let secret: Secret
    package let attempt: AttemptState
    /// The monotonic clock before the intent was sent to the database (facts/send.md F8).
    package let startedAt: Duration
}
