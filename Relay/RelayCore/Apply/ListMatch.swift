package import Messaging

/// Finds a notification's open attempt in a provider's list (facts/send.md F12, facts/twilio.md section 9).
package struct ListMatch: Sendable {
    package let content: NotificationContent
    /// The notification's attempts; open ones may be matched.
    package let attempts: [AttemptState]
    /// Texts of our other messages to the same address: an unbound one with such a text is theirs.
    package let otherTexts: Set<String>

    package init(content: NotificationContent, attempts: [AttemptState], otherTexts: Set<String>) {
        self.content = content
        self.attempts = attempts
        self.otherTexts = otherTexts
    }

    /// The two clocks may differ by so much, and Twilio writes whole seconds.
    static let toleranceSeconds: Int64 = 120

    /// When the oldest open attempt may have been created, in seconds since 1970.
    package var since: Int64 {
        let intents = attempts.filter { $0.result == .open }.map { $0.intentAt.milliseconds / 1_000 }
        return (intents.min() ?? 0) - Self.toleranceSeconds
    }

    /// What the list says.
    ///
    /// - Parameters:
    ///   - isBound: whether another attempt bears this name of a message.
    ///   - trouble: the catalogue's words about a code.
    package func finding(
        _ listing: TwilioMessages.Listing, isBound: (String) throws -> Bool,
        trouble: (Int) -> NotificationState.Trouble,
    ) rethrows -> ListFinding {
        var exact: [TwilioMessage] = []
        var changed = 0
        for message in listing.messages where mayBeOurs(message) {
            guard try !isBound(message.sid) else { continue }
            if Self.normal(message.body) == Self.normal(content.body) {
                exact.append(message)
            } else if !otherTexts.contains(Self.normal(message.body)) {
                // A service may change quotation marks, shorten links, or keep no text at all.
                changed += 1
            }
        }
        if exact.count > 1 { return .unclear(reason: "two_candidates") }
        if let message = exact.first {
            let owner = attempts.last { attempt in
                guard attempt.result == .open, let created = message.createdAt else {
                    return attempt.result == .open
                }
                return created >= attempt.intentAt.milliseconds / 1_000 - Self.toleranceSeconds
            }
            guard let owner else { return .unclear(reason: "no_open_attempt") }
            return .found(
                .twilio(
                    status: message.status, sid: message.sid, trouble: message.errorCode.map(trouble)),
                attempt: owner.id)
        }
        if changed > 0 { return .unclear(reason: "changed_text") }
        return listing.isComplete ? .nothing : .unavailable
    }

    private func mayBeOurs(_ message: TwilioMessage) -> Bool {
        guard message.direction ?? "outbound-api" == "outbound-api", message.to == content.address else {
            return false
        }
        if let created = message.createdAt, created < since { return false }
        guard let sender = content.sender else { return true }
        switch ProviderGateway.sender(sender) {
        case .number(let number): return message.from.map { $0 == number } ?? true
        case .service(let service): return message.messagingServiceSID.map { $0 == service } ?? true
        }
    }

    /// Blanks at the ends and line ends differ without meaning.
    static func normal(_ text: String?) -> String {
        (text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
