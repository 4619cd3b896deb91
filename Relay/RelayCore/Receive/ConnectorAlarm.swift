internal import ConnectorProtocol
internal import Cryptography
internal import Foundation
internal import SQLStore
internal import Values

/// What the relay itself has to tell about an agent or its own database; a person must hear of each.
///
/// It is journaled like a fact from SAP (rules may be `on` it), and stands in the audit log.
enum ConnectorAlarm: String, Sendable, CaseIterable {
    /// A claim does not join on to what is covered: something between was not delivered.
    case coverageGap = "connector.coverage_gap"
    /// An agent began a new sequence of batches: its spool was lost, set back or copied.
    case lineageChanged = "connector.lineage_changed"
    /// Two machines run under one key, or one was set back.
    case agentCloned = "connector.agent_cloned"
    /// The relay's database was set back behind the program's back.
    case commitsLost = "connector.commits_lost"

    private var sentence: String {
        switch self {
        case .coverageGap: "A window of SAP time was not delivered. Ask for a backfill of it."
        case .lineageChanged: "An agent began a new sequence: its spool was lost, set back or copied."
        case .agentCloned: "Two machines run under one agent's key, or one was set back. Stop one of them."
        case .commitsLost:
            "The relay's database lost commits. All tenants are paused: compare with the provider, then resume."
        }
    }

    /// Journals the event once for its subject and detail, and audits it each time.
    ///
    /// - Parameters:
    ///   - subject: what people search for.
    ///   - detail: ids and stamps; never text from SAP, never addresses.
    func raise(
        _ statements: TenantStatements, subject: String, detail: [String: String], now: Moment,
    ) throws {
        let entry = AuditEntry(actor: "relay", action: rawValue, subject: subject, detail: detail)
        try statements.audit(entry, now: now)
        let event = try event(of: statements.tenant, entry, now: now)
        guard let id = event.id, case .named(let version) = event.version else { return }
        let known = try statements.first(
            "SELECT 1 FROM event_identity WHERE tenant = ?1 AND id = ?2", [.blob(id.bytes)])
        if known == nil { try journal(event, id: id, version, statements, now: now) }
    }

    /// Makes the schemas of all alarms known, so that rules about them can be checked before the first is raised.
    static func register(_ statements: TenantStatements, now: Moment) throws {
        for alarm in allCases {
            let schema = try schema(alarm.rawValue)
            try statements.run(
                """
                INSERT INTO event_schema (tenant, digest, type, bytes, received_at)
                VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING
                """,
                [.blob(schema.digest.bytes), .text(alarm.rawValue), .blob(schema.bytes), now.sql])
        }
    }

    private static func schema(_ type: String) throws -> EventSchema {
        try EventSchema(
            type: type,
            fields: [
                FieldSchema("sentence", 1, .text, maxLength: 200),
                FieldSchema("detail", 2, .text, maxLength: 4_000),
                FieldSchema("agent", 3, .text, maxLength: 64),
                FieldSchema("stream", 4, .text, maxLength: 255),
            ])
    }

    private func event(of tenant: TenantID, _ entry: AuditEntry, now: Moment) throws -> Event {
        let schema = try Self.schema(rawValue)
        let (subject, detail) = (entry.subject, entry.detailText)
        var record = Record([1: .text(sentence), 2: .text(String(detail.prefix(4_000)))])
        record[3] = entry.detail["agent"].map { .text(String($0.prefix(64))) }
        record[4] = entry.detail["stream"].map { .text(String($0.prefix(255))) }
        let data = try RecordEncoder.encode(record, by: schema.fields)
        let time = now.timestamp
        let utc = LocalDateTime(secondsSinceEpoch: time.seconds)
        return Event(
            source: "/relay/\(tenant)", type: rawValue, subject: subject,
            businessKey: BusinessKey.text(object: "connector", key: [rawValue, subject]),
            transition: "raised", version: .named(SHA256.hash(detail).hexadecimal), origin: .live,
            time: EventTime(
                stamp: utc ?? LocalDateTime(time.utcDate), precision: .second, zone: "UTC", offsetSeconds: 0),
            detectedAt: time, schema: schema.digest, data: data, feed: "relay")
    }

    private func journal(
        _ event: Event, id: Digest32, _ version: String, _ statements: TenantStatements, now: Moment,
    ) throws {
        let schema = try Self.schema(rawValue)
        try Self.register(statements, now: now)
        let number = try statements.next(.event)
        try statements.run(
            "INSERT INTO event_identity (tenant, id, event, created_at) VALUES (?1, ?2, ?3, ?4)",
            [.blob(id.bytes), .integer(number), now.sql])
        try statements.run(
            """
            INSERT INTO event (tenant, event, id, kind, type, source, subject, feed, business_key, transition,
                version, origin, told, time_at, known_at, detected_at, received_at, journaled_at, schema, bytes)
            VALUES (?1, ?2, ?3, 'connector', ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'live', 1, ?11, ?11, ?11, ?11, ?11,
                ?12, ?13)
            """,
            [
                .integer(number), .blob(id.bytes), .text(event.type), .text(event.source),
                .text(event.subject), .text(event.feed), .text(event.businessKey), .text(event.transition),
                .text(version), now.sql, .blob(schema.digest.bytes),
                .blob(event.bytes),
            ])
    }
}
