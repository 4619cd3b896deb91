internal import ConnectorProtocol
internal import SQLStore

extension SchemaCatalogue {
    /// The built-in types, and what the tenant's agents have sent, oldest first.
    package static func read(_ statements: TenantStatements) throws -> SchemaCatalogue {
        var schemas = BuiltInSchemas.all
        let rows = try statements.rows(
            "SELECT bytes FROM event_schema WHERE tenant = ?1 ORDER BY received_at, batch, digest")
        for row in rows {
            // Receive checked the bytes; one that a later release cannot read is no reason to lose the others.
            if let schema = try? EventSchema(bytes: try row.blob(0)) { schemas.append(schema) }
        }
        return SchemaCatalogue(schemas)
    }
}
