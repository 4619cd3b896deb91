internal import ConnectorProtocol
internal import Cryptography
internal import Foundation
internal import Values

/// What the relay itself has to tell about an agent, its own database or its clock; a person must hear of each.
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
    /// The relay's wall clock was set, so that its waits say nothing.
    case clockSet = "connector.clock_set"

    private var sentence: String {
        switch self {
        case .coverageGap: "A window of SAP time was not delivered. Ask for a backfill of it."
        case .lineageChanged: "An agent began a new sequence: its spool was lost, set back or copied."
        case .agentCloned: "Two machines run under one agent's key, or one was set back. Stop one of them."
        case .commitsLost:
            "The relay's database lost commits. All tenants are paused: compare with the provider, then resume."
        case .clockSet:
            "The relay's clock was set. What may have been sent waits once more. Check the host's time service."
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
        try Self.register(statements, now: now)
        let version = SHA256.hash(entry.detailText).hexadecimal
        let event = try event(of: statements.tenant, entry, version: version, now: now)
        guard let id = event.id else { return }
        let journal = JournalWriter(statements: statements, now: now)
        _ = try journal.write(
            IncomingEvent(event, schema: try Self.schema(rawValue)),
            JournalWriter.Entry(id: id, kind: .connector, version: version, isTold: true))
    }

    /// Makes the schemas of all alarms known, so that rules about them can be checked before the first is raised.
    static func register(_ statements: TenantStatements, now: Moment) throws {
        try SchemaStore.add(allCases.map { try schema($0.rawValue) }, statements, now: now)
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

    private func event(
        of tenant: TenantID, _ entry: AuditEntry, version: String, now: Moment,
    ) throws -> Event {
        let schema = try Self.schema(rawValue)
        let (subject, detail) = (entry.subject, entry.detailText)
        var record = Record([1: .text(sentence), 2: .text(detail, cutAt: 4_000)])
        record[3] = entry.detail["agent"].map { .text($0, cutAt: 64) }
        record[4] = entry.detail["stream"].map { .text($0, cutAt: 255) }
        let data = try RecordEncoder.encode(record, by: schema.fields)
        let time = now.timestamp
        let utc = LocalDateTime(secondsSinceEpoch: time.seconds)
        return Event(
            source: "/relay/\(tenant)", type: rawValue, subject: subject,
            businessKey: BusinessKey.text(object: "connector", key: [rawValue, subject]),
            transition: "raised", version: .named(version), origin: .live,
            time: EventTime(
                stamp: utc ?? LocalDateTime(time.utcDate), precision: .second, zone: "UTC", offsetSeconds: 0),
            detectedAt: time, schema: schema.digest, data: data, feed: "relay")
    }
}
