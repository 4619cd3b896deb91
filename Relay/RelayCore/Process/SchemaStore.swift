internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore
internal import Synchronization

/// The schemas of the journal by their digests, read once each: a digest never stands for another schema.
final class SchemaStore: Sendable {
    private let known: Mutex<[Digest32: EventSchema]>

    init() {
        let own = BuiltInSchemas.all + DerivedEvent.schemas
        known = Mutex(Dictionary(own.map { ($0.digest, $0) }) { first, _ in first })
    }

    /// The schema with this digest; nil where this build does not know it and no batch brought it.
    func schema(_ digest: Digest32, _ statements: TenantStatements) throws -> EventSchema? {
        if let found = known.withLock({ $0[digest] }) { return found }
        let row = try statements.first(
            "SELECT bytes FROM event_schema WHERE tenant = ?1 AND digest = ?2", [.blob(digest.bytes)])
        // A schema that cannot be read is no schema: the events that name it go to quarantine.
        guard let row, let schema = try? EventSchema(bytes: try row.blob(0)) else { return nil }
        known.withLock { $0[digest] = schema }
        return schema
    }

    /// Stores the schemas of events that the relay makes itself, so that rules can be written about them.
    static func add(_ schemas: [EventSchema], _ statements: TenantStatements, now: Moment) throws {
        for schema in schemas {
            try statements.run(
                """
                INSERT INTO event_schema (tenant, digest, type, bytes, received_at)
                VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING
                """, [.blob(schema.digest.bytes), .text(schema.type), .blob(schema.bytes), now.sql])
        }
    }
}
