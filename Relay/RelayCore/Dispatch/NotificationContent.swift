/// What a notification says, to whom and from whom; the machine does not look at it.
package struct NotificationContent: Equatable, Sendable {
    package let notification: String
    package let rule: String
    /// `sms`, `email`.
    package let channel: String
    package let account: String?
    package let sender: String?
    package let address: String?
    package let subject: String?
    package let body: String?
    package let html: String?

    /// Whether the provider lists what it accepted.
    package var isListed: Bool { channel != "email" }
}
