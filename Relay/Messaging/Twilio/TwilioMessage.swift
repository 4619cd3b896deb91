import Foundation

/// A message as Twilio shows it.
///
/// Only `sid` and `status` are sure to be there.
package struct TwilioMessage: Equatable, Sendable {
    /// SM… or MM….
    package let sid: String
    /// `queued`, `sent`, `delivered` and so on; unknown words are possible.
    package let status: String
    /// nil right after a create through a service.
    package let from: String?
    /// The recipient.
    package let to: String?
    /// The service it was sent through.
    package let messagingServiceSID: String?
    /// The text, which Twilio may have changed.
    package let body: String?
    /// `outbound-api` for ours.
    package let direction: String?
    /// Why it failed, where it did.
    package let errorCode: Int?
    /// Seconds since 1970; Twilio writes whole seconds.
    package let createdAt: Int64?

    /// nil when there is no SID in the right form, or no status.
    init?(json: [String: Any]) {
        guard let sid = json["sid"] as? String, Self.isMessageSID(sid), let status = json["status"] as? String
        else {
            return nil
        }
        self.sid = sid
        self.status = status
        from = json["from"] as? String
        to = json["to"] as? String
        messagingServiceSID = json["messaging_service_sid"] as? String
        body = json["body"] as? String
        direction = json["direction"] as? String
        errorCode = json["error_code"] as? Int
        createdAt = (json["date_created"] as? String).flatMap(MailDate.seconds)
    }

    /// Whether `text` is SM or MM and 32 hexadecimal digits.
    package static func isMessageSID(_ text: String) -> Bool {
        (text.hasPrefix("SM") || text.hasPrefix("MM")) && text.utf8.count == 34
            && text.utf8.dropFirst(2).allSatisfy { (48...57 ~= $0) || (65...70 ~= $0) || (97...102 ~= $0) }
    }
}
