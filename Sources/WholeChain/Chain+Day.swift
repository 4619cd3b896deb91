import Foundation

extension Chain {
    /// Waits until the agent has set down what was there before it came: the day begins after its first poll.
    /// - Throws: `ChainError.overdue`.
    package func waitForFirstPoll(within deadline: Duration = .seconds(60)) async throws {
        try await wait(for: "the agent's first poll", within: deadline) {
            struct Status: Decodable {
                struct Feed: Decodable { let succeeded: String? }
                let feeds: [Feed]
            }
            guard let text = try? await agentCommand(["status", "--json"]),
                let status = try? JSONDecoder().decode(Status.self, from: Data(text.utf8))
            else { return false }
            return status.feeds.count >= 2 && status.feeds.allSatisfy { $0.succeeded != nil }
        }
    }

    /// Lets the business day begin.
    /// - Parameter documents: how many; nil for a day without end.
    package func startDay(documents: Int?, perMinute: Double) async throws {
        let count = documents.map { "\"documents\":\($0)," } ?? ""
        try await sapControl.post("/day", "{\(count)\"documentsPerMinute\":\(perMinute)}")
    }

    /// Asks `condition` until it holds.
    /// - Throws: `ChainError.overdue` naming `what`.
    package func wait(
        for what: String, within deadline: Duration, every pause: Duration = .milliseconds(200),
        _ condition: () async throws -> Bool,
    ) async throws {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: deadline)
        while try await !condition() {
            guard clock.now < end else { throw ChainError.overdue(what: what) }
            try await clock.sleep(for: pause)
        }
    }

    /// What everything has come to by now.
    package func verdict() async throws -> Verdict {
        // SAP's truth is read first and Twilio's last, so that what happens meanwhile is not taken for lost.
        let sapLedger = try await SAPLedger(path: folder.file("sap.db"))
        let facts = try await sapLedger.facts()
        let contents = try await sapLedger.contents()
        await sapLedger.close()
        let limit = ["--limit", "1000000", "--json"]
        let events = try JSONDecoder().decode(
            [Judge.Event].self, from: Data(try await relayCommand(["events"] + limit).utf8))
        let notifications = try JSONDecoder().decode(
            [Judge.Notification].self,
            from: Data(try await relayCommand(["notifications", "list"] + limit).utf8))
        let twilioLedger = try await TwilioLedger(path: folder.file("twilio.db"))
        let accepted = try await twilioLedger.accepted()
        await twilioLedger.close()
        return Judge(
            facts: facts, contents: contents, events: events, notifications: notifications, accepted: accepted
        ).verdict()
    }
}
