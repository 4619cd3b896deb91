internal import ConnectorProtocol
internal import SQLStore

/// Remembers which documents bore a number: a known number with another creation stamp is another document.
struct DocumentNumbers {
    let statements: TenantStatements

    /// Registers the document of a journaled fact.
    /// - Returns: the business key that bore the number before, where this one is the first to reuse it.
    func register(_ journaled: JournaledEvent) throws -> String? {
        let event = journaled.event
        // Only documents have a stamp; masters are the same for ever.
        guard let at = event.businessKey.firstIndex(of: "@") else { return nil }
        let key: [SQLValue] = [
            .text(event.source), .text(Self.family(event.type)), .text(String(event.businessKey[..<at])),
        ]
        let isNew =
            try statements.run(
                """
                INSERT INTO document_number (tenant, source, family, number, business_key, event)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
                """, key + [.text(event.businessKey), .integer(journaled.number)]) == 1
        guard isNew else { return nil }
        return try statements.first(
            """
            SELECT business_key FROM document_number
            WHERE tenant = ?1 AND source = ?2 AND family = ?3 AND number = ?4 AND business_key <> ?5
            ORDER BY event DESC LIMIT 1
            """, key + [.text(event.businessKey)]
        )?.text(0)
    }

    /// The event type without its last part: `sap.purchase_order`.
    private static func family(_ type: String) -> String {
        type.lastIndex(of: ".").map { String(type[..<$0]) } ?? type
    }
}
