internal import Foundation
internal import Messaging

/// One thing that a callback says: a row of `evidence`.
struct CallbackPiece: Sendable {
    /// `callback`, or `inbound` for a message from a person.
    var kind = "callback"
    /// Which attempt it says it is about.
    var attempt: WebhookTarget.Attempt?
    /// SendGrid's name of the event.
    var providerEvent: String?
    var status: String?
    var sid: String?
    var errorCode: String?
    /// JSON with sorted keys.
    var detail = "{}"
    /// By the provider's clock.
    var occurred: Moment?

    /// What a callback of Twilio says; its parameters are taken as they are, new ones included.
    static func twilio(form body: [UInt8], attempt: WebhookTarget.Attempt?) -> CallbackPiece {
        var fields: [String: String] = [:]
        for (name, value) in FormEncoding.decode(body) {
            fields[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        func take(_ names: String...) -> String? {
            let values = names.compactMap { fields.removeValue(forKey: $0) }
            return values.first { !$0.isEmpty }
        }
        var piece = CallbackPiece(attempt: attempt)
        piece.status = take("MessageStatus", "SmsStatus")
        piece.sid = take("MessageSid", "SmsSid", "SmsMessageSid")
        piece.errorCode = take("ErrorCode")
        piece.detail = json(fields)
        let inbound: Set<String> = ["received", "receiving"]
        if attempt == nil, piece.status.map(inbound.contains) ?? true { piece.kind = "inbound" }
        return piece
    }

    /// What a batch of SendGrid's events says; nil where it is no array of events.
    static func sendGrid(_ body: [UInt8]) -> [CallbackPiece]? {
        guard let batch = SendGridEvent.batch(body) else { return nil }
        // The suppression list needs the address of these, and has it from nowhere else where no id came along.
        let needsAddress: Set<String> = [
            "bounce", "dropped", "spamreport", "unsubscribe", "group_unsubscribe",
        ]
        return batch.events.map { event in
            var piece = CallbackPiece()
            if let notification = event.notification, let n = event.attempt, let nonce = event.nonce {
                piece.attempt = WebhookTarget.Attempt(notification: notification, n: Int64(n), nonce: nonce)
            }
            piece.providerEvent = event.eventID
            piece.status = event.event
            piece.sid = event.messageID
            piece.occurred = event.timestamp.flatMap { seconds in
                let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
                return overflow ? nil : Moment(milliseconds: milliseconds)
            }
            var detail: [String: String] = [:]
            detail["type"] = event.type
            detail["reason"] = event.reason
            if needsAddress.contains(event.event) { detail["email"] = event.email }
            piece.detail = json(detail)
            return piece
        }
    }

    private static func json(_ fields: [String: String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
