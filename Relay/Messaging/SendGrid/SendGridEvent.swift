import Foundation

/// One event of SendGrid's webhook, as much of it as we use; everything else is ignored.
package struct SendGridEvent: Equatable, Sendable {
    /// `processed`, `delivered`, `bounce` and so on; unknown words are possible.
    package let event: String
    /// The recipient, where it is named.
    package let email: String?
    /// SendGrid's name of the event, which has been seen to change on a retry.
    package let eventID: String?
    /// SendGrid's name of the message; empty or absent for an asynchronous bounce (case C065).
    package let messageID: String?
    /// Seconds since 1970.
    package let timestamp: Int64?
    /// Of a bounce: `bounce` (for good) or `blocked` (for now).
    package let type: String?
    /// Why, in the receiving server's words.
    package let reason: String?
    /// Our notification, where the event carries our arguments.
    package let notification: String?
    /// Our attempt's number.
    package let attempt: Int?
    /// Our attempt's nonce.
    package let nonce: String?

    /// Reads a whole batch.
    ///
    /// An element that is no object, has no event or cannot be read is left out and counted; it takes no other
    /// with it.
    /// - Returns: nil when the body is no JSON array.
    package static func batch(_ body: [UInt8]) -> (events: [SendGridEvent], unreadable: Int)? {
        guard let elements = JSONElements.split(body) else { return nil }
        let events = elements.compactMap { element in
            // Bytes that are no UTF-8, from a receiving server's words, become the mark for that.
            ProviderError.object(Array(String(decoding: element, as: UTF8.self).utf8))
                .flatMap(SendGridEvent.init(json:))
        }
        return (events, elements.count - events.count)
    }

    private init?(json: [String: Any]) {
        guard let event = json["event"] as? String else { return nil }
        self.event = event
        email = json["email"] as? String
        eventID = json["sg_event_id"] as? String
        messageID = (json["sg_message_id"] as? String).flatMap { $0.isEmpty ? nil : $0 }
        timestamp = (json["timestamp"] as? NSNumber)?.int64Value
        type = json["type"] as? String
        reason = json["reason"] as? String
        notification = json[SendGridMail.Argument.notification] as? String
        attempt = (json[SendGridMail.Argument.attempt] as? String).flatMap { Int($0) }
        nonce = json[SendGridMail.Argument.nonce] as? String
    }
}
