import Foundation

/// How far SAP's day is.
package struct DayReport: Decodable, Sendable {
    /// Documents created or changed so far.
    package let played: Int
    /// Whether the day still goes on.
    package let isRunning: Bool
}

/// What Twilio's stand-in has come to.
package struct DeliveryReport: Decodable, Sendable {
    private let messages: [String: Int]

    /// Messages accepted so far, of both channels.
    package var accepted: Int { messages.values.reduce(0, +) }
    /// Those whose delivery ended well.
    package var delivered: Int {
        messages.filter { $0.key.hasSuffix(".delivered") }.values.reduce(0, +)
    }
}

/// One of the newest notifications, for a person to look at.
package struct LatestNotification: Decodable, Sendable {
    package let notification: String
    /// The document's number.
    package let subject: String
    package let rule: String
    package let channel: String
    package let address: String?
    package let state: String
}

extension Chain {
    /// How far SAP's day is.
    package func dayProgress() async throws -> DayReport {
        try JSONDecoder().decode(DayReport.self, from: await sapControl.get("/day"))
    }

    /// What Twilio's stand-in has accepted and delivered.
    package func deliveryProgress() async throws -> DeliveryReport {
        try JSONDecoder().decode(DeliveryReport.self, from: await twilioControl.get("/ledger"))
    }

    /// The newest notifications, the newest first.
    package func latestNotifications(limit: Int = 200) async throws -> [LatestNotification] {
        try JSONDecoder().decode(
            [LatestNotification].self,
            from: Data(
                try await relayCommand(["notifications", "list", "--json", "--limit", "\(limit)"]).utf8))
    }

    /// Ends a day without end.
    package func stopDay() async throws { try await sapControl.delete("/day") }
}
