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
        /// JSON: which rules matched, and which failed and why.
        package let results: String
        /// RFC 3339; the `now` that conditions saw.
        package let now: String
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
    /// In the order of the journal.
    package let entries: [Entry]
}

extension Journal {
    /// Explains a document by its number, an event by its number or its id, or a notification by its id.
    package func explain(_ subject: String) async throws -> Explanation {
        let found = try await eventNumbers(subject)
        var entries: [Explanation.Entry] = []
        for event in found { entries.append(try await entry(event)) }
        return Explanation(subject: subject, entries: entries)
    }

    private func eventNumbers(_ subject: String) async throws -> [Int64] {
        try await scope.read { statements in
            try statements.rows(
                """
                SELECT event FROM event WHERE tenant = ?1
                  AND (subject = ?2 OR event = ?3 OR lower(hex(id)) = lower(?2) OR event = (
                      SELECT event FROM notification WHERE tenant = ?1 AND notification = ?2))
                ORDER BY event LIMIT 1000
                """, [.text(subject), SQLValue(Int64(subject))]
            ).map { try $0.integer(0) }
        }
    }

    private func entry(_ event: Int64) async throws -> Explanation.Entry {
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
            let decision = try statements.first(
                "SELECT * FROM decision WHERE tenant = ?1 AND event = ?2 ORDER BY generation DESC", key
            ).map(Explanation.Decision.init)
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
    fileprivate init(_ row: SQLRow) throws {
        ruleSet = try row.optionalInteger("rule_set")
        directoryVersion = try row.integer("directory_version")
        outcome = try row.text("outcome")
        results = try row.text("results")
        now = try row.moment("now_at").description
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
