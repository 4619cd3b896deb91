internal import Foundation
internal import Messaging

/// One thing that a callback says: a row of `evidence`.
struct CallbackPiece: Sendable {
    /// What kind of evidence it is; the words of the column `kind`.
    enum Kind: String, Sendable {
        case callback
        /// A message from a person.
        case inbound
    }

    var kind = Kind.callback
    /// Which attempt it says it is about.
    var attempt: WebhookTarget.Attempt?
    /// SendGrid's name of the event.
    var providerEvent: String?
    var status: String?
    var sid: String?
    var errorCode: String?
    /// Everything else that it says, by the provider's names.
    var detail: [String: String] = [:]
    /// By the provider's clock.
    var occurred: Moment?

    /// ``detail`` as it is stored: JSON with sorted keys.
    var detailText: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(detail)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

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
        piece.detail = fields
        let inbound: Set<String> = ["received", "receiving"]
        if attempt == nil, piece.status.map(inbound.contains) ?? true { piece.kind = .inbound }
        return piece
    }

    /// What a batch of SendGrid's events says, and how many of its elements are none; nil where it is no array.
    static func sendGrid(_ body: [UInt8]) -> (pieces: [CallbackPiece], unreadable: Int)? {
        guard let batch = SendGridEvent.batch(body) else { return nil }
        // The suppression list needs the address of these, and has it from nowhere else where no id came along.
        let needsAddress: Set<String> = [
            "bounce", "dropped", "spamreport", "unsubscribe", "group_unsubscribe",
        ]
        let pieces = batch.events.map { event in
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
            piece.detail["type"] = event.type
            piece.detail["reason"] = event.reason
            if needsAddress.contains(event.event) { piece.detail["email"] = event.email }
            return piece
        }
        return (pieces, batch.unreadable)
    }
}
