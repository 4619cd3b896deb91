internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

/// Writes events into the journal, each fact once.
struct JournalWriter {
    let statements: TenantStatements
    let now: Moment

    /// The leaf that an event came in.
    struct Leaf: Sendable {
        let batch: ReceivedBatch
        let position: Int64
    }

    /// What tells a row from others.
    struct Entry {
        var id: Digest32
        var kind: JournaledEvent.Kind
        var version: String
        var verdict: String?
        var leaf: Leaf?
        /// The event that this one was made from.
        var cause: Int64?
        /// Readings that were set aside have no name of their own: they may be many.
        var isNamed = true
        var isTold: Bool
    }

    /// Journals an event; nil where its id is known: then the leaf is one more sighting of it.
    func write(_ incoming: IncomingEvent, _ entry: Entry) throws -> JournaledEvent? {
        if entry.isNamed, let known = try number(of: entry.id) {
            if let leaf = entry.leaf { try sighting(of: known, leaf) }
            return nil
        }
        let number = try statements.next(.event)
        if entry.isNamed {
            try statements.run(
                "INSERT INTO event_identity (tenant, id, event, created_at) VALUES (?1, ?2, ?3, ?4)",
                [.blob(entry.id.bytes), .integer(number), now.sql])
        }
        let event = incoming.event
        try statements.run(
            """
            INSERT INTO event
                (tenant, event, id, kind, type, source, subject, reference, feed, business_key, transition,
                 version, origin, verdict, told, time_at, known_at, detected_at, received_at, journaled_at,
                 schema, batch, position, bytes, cause)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
                    ?21, ?22, ?23, ?24, ?25)
            """,
            [
                .integer(number), .blob(entry.id.bytes), .text(entry.kind.rawValue), .text(event.type),
                .text(event.source), .text(event.subject), .text(event.reference), .text(event.feed),
                .text(event.businessKey), .text(event.transition), .text(entry.version),
                .text(event.origin.rawValue), SQLValue(entry.verdict), SQLValue(entry.isTold),
                event.earliest.sql, event.known.sql, Moment(event.detectedAt).sql,
                (entry.leaf?.batch.receivedAt ?? now).sql, now.sql, .blob(event.schema.bytes),
                SQLValue(entry.leaf?.batch.batch), SQLValue(entry.leaf?.position),
                SQLValue(entry.leaf == nil ? event.bytes : nil), SQLValue(entry.cause),
            ])
        return JournaledEvent(
            number: number, id: entry.id, incoming: incoming, isTold: entry.isTold, knownAt: event.known)
    }

    /// "Also seen by": the same fact again, from another feed, agent or batch.
    func sighting(of event: Int64, _ leaf: Leaf) throws {
        try statements.run(
            """
            INSERT INTO event_sighting (tenant, event, batch, position, agent, seen_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
            """,
            [
                .integer(event), .integer(leaf.batch.batch), .integer(leaf.position), .text(leaf.batch.agent),
                leaf.batch.receivedAt.sql,
            ])
    }

    private func number(of id: Digest32) throws -> Int64? {
        try statements.first(
            "SELECT event FROM event_identity WHERE tenant = ?1 AND id = ?2", [.blob(id.bytes)]
        )?.integer(0)
    }
}
