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

    /// What is left of the two clocks' difference, and Twilio writes whole seconds.
    static let tolerance = Duration.seconds(120)

    /// When the oldest open attempt may have been created, in seconds since 1970 by our clock.
    package var since: Int64 {
        attempts.filter { $0.result == .open }.map(Self.earliest).min() ?? 0
    }

    private static func earliest(_ attempt: AttemptState) -> Int64 {
        (attempt.intentAt - tolerance - attempt.clockSlack).milliseconds / 1_000
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
        for message in listing.messages where mayBeOurs(message, created: created(message, listing)) {
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
                guard attempt.result == .open, let created = created(message, listing) else {
                    return attempt.result == .open
                }
                return created >= Self.earliest(attempt)
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

    /// When Twilio took it, by our clock.
    private func created(_ message: TwilioMessage, _ listing: TwilioMessages.Listing) -> Int64? {
        message.createdAt.map { $0 - listing.clockLead }
    }

    private func mayBeOurs(_ message: TwilioMessage, created: Int64?) -> Bool {
        guard message.direction ?? "outbound-api" == "outbound-api", message.to == content.address else {
            return false
        }
        if let created, created < since { return false }
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
