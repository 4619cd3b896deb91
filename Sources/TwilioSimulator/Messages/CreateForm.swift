/// The form of a Messages create, checked as Twilio checks it (facts of the API: HTTP 400 and a code).
struct CreateForm: Sendable {
    let create: ReceivedCreate
    /// The code and text of the first thing that is wrong.
    let problem: (code: Int, message: String)?

    init(_ text: String) {
        let form = FormFields(parsing: text)
        let callback = form["StatusCallback"]
        create = ReceivedCreate(
            channel: "sms", to: form["To"] ?? "", from: form["From"] ?? "",
            service: form["MessagingServiceSid"],
            body: form["Body"] ?? "", callbackURL: callback,
            correlation: callback.flatMap { CallbackTarget.path(of: $0) }, raw: text,
            validitySeconds: form["ValidityPeriod"].flatMap { Int($0) } ?? 36_000)
        problem = Self.problem(create, form)
    }

    private static func problem(_ create: ReceivedCreate, _ form: FormFields) -> (code: Int, message: String)?
    {
        if create.to.isEmpty { return (21_604, "A 'To' phone number is required.") }
        if create.from.isEmpty, create.service == nil {
            return (21_603, "A 'From' phone number or a MessagingServiceSid is required.")
        }
        if create.body.isEmpty, form["MediaUrl"] == nil, form["ContentSid"] == nil {
            return (21_602, "Message body is required.")
        }
        if create.body.count > 1600 {
            return (21_617, "The concatenated message body exceeds the 1600 character limit.")
        }
        if let service = create.service, !Self.isSID(service, "MG") {
            return (21_705, "The MessagingServiceSid is not valid.")
        }
        if let period = form["ValidityPeriod"], !(1...36_000).contains(Int(period) ?? 0) {
            return (21_624, "The ValidityPeriod is not valid.")
        }
        if let callback = create.callbackURL, CallbackTarget(callback) == nil {
            return (21_609, "The StatusCallback URL is not valid.")
        }
        if create.to == create.from { return (21_266, "'To' and 'From' number cannot be the same.") }
        return magic(create)
            ?? (isAddress(create.to) ? nil : (21_211, "The 'To' number is not a valid phone number."))
    }

    /// The numbers whose answers Twilio publishes.
    private static func magic(_ create: ReceivedCreate) -> (code: Int, message: String)? {
        let from = ["0001": 21_212, "0007": 21_606, "0008": 21_611]
        let to = ["0001": 21_211, "0002": 21_612, "0003": 21_408, "0004": 21_610, "0009": 21_614]
        for (address, codes) in [(create.from, from), (create.to, to)] where address.hasPrefix("+1500555") {
            if let code = codes[String(address.suffix(4))] {
                return (code, "The number \(address) plays error \(code).")
            }
        }
        return nil
    }

    /// Whether `text` is `prefix` and 32 hexadecimal digits.
    static func isSID(_ text: String, _ prefix: String) -> Bool {
        text.hasPrefix(prefix) && text.utf8.count == 34
            && text.dropFirst(2).allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    private static func isAddress(_ text: String) -> Bool {
        let number = text.split(separator: ":", maxSplits: 1).last ?? ""
        let digits = number.dropFirst()
        return number.hasPrefix("+") && digits.first != "0" && (8...15).contains(digits.count)
            && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
