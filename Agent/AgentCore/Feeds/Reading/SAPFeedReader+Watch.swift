internal import SAPAccess

extension SAPFeedReader {
    /// One read of the headers, of the columns alone that say that a document waits (RBSTAT, MEMORY, FRGRL).
    ///
    /// A document that SAP does not show is left to its schedule, and so is one that waits for other rows.
    package func stirred(_ keys: [StampedKey], stream: String) async throws -> [StampedKey] {
        let rules = document.waits.map(\.when).filter { conditions in
            conditions.allSatisfy { $0.column.rows == FeedDefinition.headerRows }
        }
        guard !keys.isEmpty, !rules.isEmpty else { return [] }
        let rows = try await source.readTable(
            TableQuery(
                table: definition.header.table,
                columns: definition.header.key.map(\.name)
                    + Set(rules.flatMap { $0.map(\.column.column) }).sorted(),
                condition: definition.condition(on: keys.map(\.documentKey))))
        var waiting: [String: Bool] = [:]
        for row in rows {
            let scope = RecordScope(rows: [FeedDefinition.headerRows: [.table(row)]])
            var waits = false
            for rule in rules where try scope.holds(rule) { waits = true }
            waiting[try definition.documentKey(row)] = waits
        }
        return keys.filter { waiting[$0.documentKey] == false }
    }
}

extension FeedDefinition {
    /// Selects the rows of documents, and where the key has several columns perhaps some more.
    func condition(on documentKeys: [String]) -> TableCondition {
        let values = documentKeys.map(keyValues)
        return .all(
            header.key.enumerated().map { index, column in
                .oneOf(column.name, Set(values.map { $0[index] }).sorted().map(TableLiteral.text))
            })
    }

    /// The document that a row of the header's table is of.
    func documentKey(_ row: TableRow) throws(SAPAccessError) -> String {
        var parts: [String] = []
        for column in header.key { parts.append(try row.text(column.name)) }
        return documentKey(parts)
    }
}
