/// A message as the 2010 API shows it: counts as texts, times by RFC 2822, explicit nulls.
struct MessageDocument {
    let message: StoredMessage
    let accountSID: String

    /// The document right after a create differs: a service has not chosen its sender yet, nor counted.
    func json(isCreate: Bool) -> JSONValue {
        let path = "/2010-04-01/Accounts/\(accountSID)/Messages/\(message.sid)"
        let isUndecided = isCreate && message.service != nil
        var parts: [String: JSONValue] = ["media": .text("\(path)/Media.json")]
        if !isCreate { parts["feedback"] = .text("\(path)/Feedback.json") }
        return .object([
            "sid": .text(message.sid), "account_sid": .text(accountSID), "api_version": "2010-04-01",
            "body": .text(message.body), "direction": "outbound-api", "to": .text(message.to),
            "from": isUndecided || message.from.isEmpty ? .null : .text(message.from),
            "messaging_service_sid": JSONValue(message.service), "status": .text(message.status),
            "error_code": JSONValue(message.errorCode),
            "error_message": message.errorCode == nil ? .null : "The message could not be delivered.",
            "num_media": "0", "num_segments": .text(isUndecided ? "0" : String(Self.segments(message.body))),
            "price": .null, "price_unit": "USD",
            "date_created": .text(SimulatorClock.rfc2822(message.createdMs)),
            "date_updated": .text(SimulatorClock.rfc2822(message.updatedMs)),
            "date_sent": JSONValue(message.sentMs.map(SimulatorClock.rfc2822)),
            "uri": .text(path + ".json"), "subresource_uris": .object(parts),
        ])
    }

    private static let basic = Set(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
            .unicodeScalars + "¿abcdefghijklmnopqrstuvwxyzäöñüà".unicodeScalars)
    private static let extended = Set("€[]{}\\~^|\u{0C}".unicodeScalars)

    /// Parts of an SMS: 160 or 153 septets, or 70 or 67 UTF-16 units where one character is not of GSM 7-bit.
    static func segments(_ text: String) -> Int {
        let isBasic = text.unicodeScalars.allSatisfy { basic.contains($0) || extended.contains($0) }
        let costs = text.unicodeScalars.map { scalar in
            isBasic ? (extended.contains(scalar) ? 2 : 1) : (scalar.value > 0xFFFF ? 2 : 1)
        }
        guard costs.reduce(0, +) > (isBasic ? 160 : 70) else { return 1 }
        let room = isBasic ? 153 : 67
        var parts = 1
        var used = 0
        for cost in costs {
            if used + cost > room {
                parts += 1
                used = 0
            }
            used += cost
        }
        return parts
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .text(value) }
}
