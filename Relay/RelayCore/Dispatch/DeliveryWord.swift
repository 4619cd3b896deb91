internal import Messaging

/// A provider's word about a message, in the machine's terms.
///
/// Whatever the word, it proves acceptance: an unknown one counts as `accepted` (facts/send.md R5).
package struct DeliveryWord: Equatable, Sendable {
    /// accepted, sent, undelivered or delivered.
    package let stage: NotificationState.Stage
    /// The provider's own word.
    package let status: String
    /// The provider's name of the message.
    package let sid: String?
    package let trouble: NotificationState.Trouble?
    /// Why the address must not be written to any more, where the word says so.
    package let suppression: String?

    /// A MessageStatus of Twilio (facts/twilio.md section 1).
    package static func twilio(
        status: String, sid: String?, trouble: NotificationState.Trouble?, suppression: String? = nil,
    ) -> DeliveryWord {
        let stage: NotificationState.Stage =
            switch status {
            case "sent": .sent
            case "delivered", "read": .delivered
            case "undelivered", "failed", "canceled", "partially_delivered": .undelivered
            default: .accepted
            }
        return DeliveryWord(
            stage: stage, status: status, sid: sid, trouble: trouble, suppression: suppression)
    }

    /// An event of SendGrid's webhook (facts/twilio.md section 5.1); opens and clicks prove no delivery.
    ///
    /// - Parameter type: of a bounce: `bounce` for good, `blocked` for now.
    /// - Parameter messageID: sg_message_id, of which the part before the first full stop is X-Message-Id.
    package static func sendGrid(event: String, type: String?, messageID: String?) -> DeliveryWord {
        let sid = messageID.flatMap { $0.split(separator: ".").first.map(String.init) }
        var trouble: NotificationState.Trouble?
        var suppression: String?
        let stage: NotificationState.Stage
        switch event {
        case "processed": stage = .sent
        case "delivered": stage = .delivered
        case "bounce", "dropped":
            stage = .undelivered
            let isForGood = event == "bounce" && type != "blocked"
            trouble = .init(
                code: type == "blocked" ? "blocked" : event, kind: isForGood ? .recipient : .permanent,
                text: isForGood
                    ? "The address took no mail. Correct it in SAP or in the mapping."
                    : "The mail was not delivered. Look at SendGrid's activity for the reason.")
            if isForGood { suppression = "bounce" }
        case "spamreport", "unsubscribe", "group_unsubscribe":
            stage = .accepted
            suppression = event
        default: stage = .accepted
        }
        return DeliveryWord(
            stage: stage, status: event, sid: sid, trouble: trouble, suppression: suppression)
    }
}
