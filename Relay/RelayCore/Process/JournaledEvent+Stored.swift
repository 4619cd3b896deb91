internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

extension JournaledEvent {
    /// Reads an event back from the journal; nil where its bytes were erased or cannot be read.
    static func stored(
        _ number: Int64, _ statements: TenantStatements, schemas: SchemaStore,
    ) throws -> JournaledEvent? {
        let row = try statements.first(
            """
            SELECT e.id, e.told, e.known_at, coalesce(e.bytes, l.bytes) AS bytes FROM event e
            LEFT JOIN leaf l ON l.tenant = e.tenant AND l.batch = e.batch AND l.position = e.position
            WHERE e.tenant = ?1 AND e.event = ?2
            """, [.integer(number)])
        guard let row, let bytes = try row.optionalBlob("bytes"), let event = try? Event(bytes: bytes),
            let schema = try schemas.schema(event.schema, statements),
            let incoming = try? IncomingEvent(event, schema: schema), let id = Digest32(try row.blob("id"))
        else { return nil }
        return JournaledEvent(
            number: number, id: id, incoming: incoming, isTold: try row.boolean("told"),
            knownAt: try row.moment("known_at"))
    }
}
