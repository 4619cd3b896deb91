internal import Cryptography
internal import SQLStore

/// Why a document's events did or did not become messages, from the signed batch to the last callback.
package struct Explanation: Encodable, Sendable {
    /// The batch that brought an event.
    package struct Batch: Encodable, Sendable {
        package let agent: String
        package let lane: String
        package let sequence: Int64
        /// Hexadecimal digest of the signed manifest.
        package let digest: String
        package let keyID: String
        /// RFC 3339.
        package let receivedAt: String
    }

    /// What was decided about an event.
    package struct Decision: Encodable, Sendable {
        package let ruleSet: Int64?
        package let directoryVersion: Int64
        /// matched, none, error or not_told.
        package let outcome: String
        /// RFC 3339; the `now` that conditions saw.
        package let now: String
        /// Which rules matched or failed, and what became of whom they name.
        let results: DecisionResults?
        /// What each rule about the type says, worked out again; nil where it cannot be any more.
        package let review: DecisionReview?
        /// Why there is no review.
        package let reviewProblem: String?
    }

    /// One event and what came of it.
    package struct Entry: Encodable, Sendable {
        package let event: EventSummary
        package let batch: Batch?
        /// How often the same fact was seen again.
        package let sightings: Int64
        package let decision: Decision?
        package let notifications: [NotificationDetail]
    }

    /// What was asked for.
    package let subject: String
    /// In the order of the journal, the newest ``eventLimit`` of them.
    package let entries: [Entry]
    /// Older events that are left out.
    package let olderEvents: Int64
    /// What is known of the document and is no event yet.
    package let open: OpenDocument
    /// How far the agents have read: feeds that failed at last, and all of them where nothing else is known.
    package let feeds: [FeedProgress]

    /// Events of one explanation.
    package static let eventLimit = 100

    /// Whether anything is known of what was asked for.
    package var isEmpty: Bool { entries.isEmpty && open.isEmpty }
}

extension Journal {
    /// Explains a document by its number, an event by its number or its id, or a notification by its id.
    package func explain(_ subject: String) async throws -> Explanation {
        let rules = RuleSets(scope: scope)
        let (found, count) = try await eventNumbers(subject)
        var entries: [Explanation.Entry] = []
        for event in found { entries.append(try await entry(event, rules)) }
        let open = try await scope.read { try OpenDocument($0, subject: subject) }
        let isUnknown = entries.isEmpty && open.isEmpty
        let feeds = try await scope.read { try FeedProgress.all($0) }.filter { isUnknown || $0.error != nil }
        return Explanation(
            subject: subject, entries: entries, olderEvents: count - Int64(found.count), open: open,
            feeds: feeds)
    }

    /// The newest events that are meant, in the order of the journal, and how many there are in all.
    private func eventNumbers(_ subject: String) async throws -> ([Int64], Int64) {
        try await scope.read { statements in
            // One look-up for each way to name an event: with OR all of them would walk through the journal.
            let named = """
                SELECT event FROM event WHERE tenant = ?1 AND subject = ?2
                UNION SELECT event FROM event WHERE tenant = ?1 AND event = ?3
                UNION SELECT event FROM event_identity WHERE tenant = ?1 AND id = ?4
                UNION SELECT event FROM notification WHERE tenant = ?1 AND notification = ?2
                """
            let id = Hexadecimal.decode(subject.lowercased()).flatMap { $0.count == 32 ? $0 : nil }
            let values = [.text(subject), SQLValue(Int64(subject)), SQLValue(id)]
            var rows = try statements.rows(
                "SELECT event FROM (\(named)) ORDER BY event DESC LIMIT \(Explanation.eventLimit)", values)
            if rows.isEmpty, let id {
                // A reading that was set aside has an id and no identity: only a walk leads to it.
                rows = try statements.rows(
                    "SELECT event FROM event WHERE tenant = ?1 AND id = ?2 LIMIT 1", [.blob(id)])
            }
            let found = try rows.map { try $0.integer(0) }
            guard found.count == Explanation.eventLimit else { return (found.reversed(), Int64(found.count)) }
            let count = try statements.first("SELECT count(*) FROM (\(named))", values)
            return (found.reversed(), try count?.integer(0) ?? 0)
        }
    }

    private func entry(_ event: Int64, _ rules: RuleSets) async throws -> Explanation.Entry {
        let (summary, batch, sightings, decision, ids) = try await scope.read { statements in
            let key = [SQLValue.integer(event)]
            let row = try statements.first(
                "SELECT \(EventSummary.columns), e.batch FROM event e WHERE tenant = ?1 AND event = ?2", key)
            guard let row else { throw OperationError.noEvent(event) }
            let batch = try row.optionalInteger("batch").flatMap { number in
                try statements.first(
                    "SELECT * FROM batch WHERE tenant = ?1 AND batch = ?2", [.integer(number)]
                ).map(Explanation.Batch.init)
            }
            let sightings = try statements.first(
                "SELECT count(*) FROM event_sighting WHERE tenant = ?1 AND event = ?2", key)?.integer(0)
            let decision = try Explanation.Decision(event: event, statements, rules: rules)
            let ids = try statements.rows(
                "SELECT notification FROM notification WHERE tenant = ?1 AND event = ?2 ORDER BY notification",
                key
            ).map { try $0.text(0) }
            return (try EventSummary(row), batch, sightings ?? 0, decision, ids)
        }
        var notifications: [NotificationDetail] = []
        for id in ids {
            if let detail = try await notification(id) { notifications.append(detail) }
        }
        return Explanation.Entry(
            event: summary, batch: batch, sightings: sightings, decision: decision,
            notifications: notifications)
    }
}

extension Explanation.Batch {
    fileprivate init(_ row: SQLRow) throws {
        agent = try row.text("agent")
        lane = try row.text("lane")
        sequence = try row.integer("seq")
        digest = Hexadecimal.encode(try row.blob("digest"))
        keyID = try row.text("key_id")
        receivedAt = try row.moment("received_at").description
    }
}

extension Explanation.Decision {
    /// The newest decision about an event, nil where there is none yet.
    fileprivate init?(event: Int64, _ statements: TenantStatements, rules: RuleSets) throws {
        let row = try statements.first(
            "SELECT * FROM decision WHERE tenant = ?1 AND event = ?2 ORDER BY generation DESC LIMIT 1",
            [.integer(event)])
        guard let row else { return nil }
        ruleSet = try row.optionalInteger("rule_set")
        directoryVersion = try row.integer("directory_version")
        outcome = try row.text("outcome")
        now = try row.moment("now_at").description
        results = DecisionResults(json: try row.text("results"))
        do {
            review = try DecisionReview.make(event: event, statements, rules: rules)
            reviewProblem = review == nil ? "The event's bytes are not there any more." : nil
        } catch is RuleSetRefused {
            review = nil
            reviewProblem = "This program cannot read that rule set any more."
        }
    }
}

/// What an operator asked for and does not exist.
package enum OperationError: Error, Hashable, CustomStringConvertible {
    /// No event of this number.
    case noEvent(Int64)

    package var description: String {
        switch self {
        case .noEvent(let event): "There is no event \(event)."
        }
    }
}
