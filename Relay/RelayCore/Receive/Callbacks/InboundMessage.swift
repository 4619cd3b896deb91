/// A message that a person sent to one of our numbers: STOP and START keep the suppression list (DESIGN.md 6.3).
///
/// Twilio blocks by itself what was stopped, but only once it was asked to send; here it is not even tried.
struct InboundMessage {
    /// The parameters of Twilio's request, but for those that the evidence has columns for.
    let fields: [String: String]

    /// What it asks for.
    enum Wish: Equatable { case stop, start, nothing }

    /// The whole text must be the word, in any case (facts/twilio.md section 3); OptOutType knows better.
    var wish: Wish {
        let stops: Set<String> = [
            "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT",
        ]
        let starts: Set<String> = ["START", "YES", "UNSTOP"]
        let words = (value("OptOutType") ?? value("Body") ?? "").split(whereSeparator: \.isWhitespace)
        guard words.count == 1, let word = words.first?.uppercased() else { return .nothing }
        return stops.contains(word) ? .stop : starts.contains(word) ? .start : .nothing
    }

    /// Writes the suppression, or lifts it; part of the transaction that stores the message (facts/send.md F11).
    ///
    /// - Returns: what it changed, in words.
    func apply(
        _ statements: TenantStatements, account: String, evidence: Int64, now: Moment,
    ) throws -> String {
        guard let from = value("From") else { return "kept" }
        // Mexico's mobile numbers come with a digit that the directory does not keep (case C077).
        let address = (try? PhoneNumber.parse(from))?.e164 ?? from
        let list = SuppressionList(statements: statements, actor: account, now: now)
        // The opt-out holds for the whole service where one is used.
        let senders = [value("MessagingServiceSid"), value("To")].compactMap(\.self)
        switch wish {
        case .nothing: return "kept"
        case .stop:
            for sender in senders {
                try list.add(
                    account: account, sender: sender, address: address, reason: "stop", evidence: evidence)
            }
            return "suppressed"
        case .start:
            for sender in senders { try list.lift(account: account, sender: sender, address: address) }
            return "suppression lifted"
        }
    }

    private func value(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }
}
