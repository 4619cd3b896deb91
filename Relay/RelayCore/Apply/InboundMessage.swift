internal import SQLStore

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
        let blanks: Set<Character> = [" ", "\t", "\r", "\n"]
        let word = String((fields["Body"] ?? "").filter { !blanks.contains($0) }).uppercased()
        let asked = fields["OptOutType"] ?? word
        return stops.contains(asked) ? .stop : starts.contains(asked) ? .start : .nothing
    }

    /// Writes the suppression, or lifts it.
    ///
    /// - Returns: what it changed, in words.
    func apply(
        _ statements: TenantStatements, account: String?, evidence: Int64, now: Moment,
    ) throws -> String {
        guard let account, let address = fields["From"] else { return "kept" }
        // The opt-out holds for the whole service where one is used.
        let senders = [fields["MessagingServiceSid"], fields["To"]].compactMap { $0 }.filter { !$0.isEmpty }
        switch wish {
        case .nothing: return "kept"
        case .stop:
            for sender in senders {
                try statements.run(
                    """
                    INSERT INTO suppression (tenant, account, sender, address, since_at, reason, evidence)
                    VALUES (?1, ?2, ?3, ?4, ?5, 'stop', ?6) ON CONFLICT DO NOTHING
                    """,
                    [.text(account), .text(sender), .text(address), now.sql, .integer(evidence)])
            }
            return "suppressed"
        case .start:
            // Also where only Twilio had heard the STOP and has refused a message since then (21610).
            for sender in senders {
                try statements.run(
                    """
                    UPDATE suppression SET until_at = ?5
                    WHERE tenant = ?1 AND account = ?2 AND sender = ?3 AND address = ?4
                        AND reason <> 'person' AND until_at IS NULL
                    """, [.text(account), .text(sender), .text(address), now.sql])
            }
            return "suppression lifted"
        }
    }
}
