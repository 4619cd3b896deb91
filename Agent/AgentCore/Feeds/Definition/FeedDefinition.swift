package import ConnectorProtocol
package import SAPAccess

/// What one feed watches, how it reads it, and what events it becomes: a YAML file, and no code (DESIGN 4.1).
package struct FeedDefinition: Sendable {
    /// A column of the key; its length in characters cuts document keys apart.
    package struct KeyColumn: Hashable, Sendable {
        package let name: String
        package let length: Int
    }

    /// The table whose one row owns the document or master.
    package struct Header: Hashable, Sendable {
        /// What business keys begin with.
        package let object: String
        package let table: String
        package let key: [KeyColumn]
        /// Rows with other values are of no interest.
        package let filters: [ColumnFilter]
        /// Columns of the subject, joined by a slash.
        package let subject: [String]
        /// Where REF_DOC_NO stands; nil where documents have none.
        package let reference: ColumnReference?
        /// Where the currency of all amounts stands.
        package let currency: ColumnReference?
    }

    /// What only documents have.
    package struct Document: Sendable {
        /// Date and time of the creation stamp; time nil where SAP keeps a date only.
        package let date: String
        package let time: String?
        /// Columns that stand in for a missing time in the business key.
        package let standsIn: [String]
        package let streams: [StreamDefinition]
        package let transitions: [TransitionDefinition]
        package let waits: [WaitRule]
        /// Documents of no interest: one of these sets of conditions holds.
        package let ignored: [[RowMatch]]
        /// Masters that go before the document, by the name of their feed.
        package let masters: [Master]
    }

    /// A master that a document names.
    package struct Master: Hashable, Sendable {
        package let feed: String
        package let key: ColumnReference
    }

    /// What streams, masters and coverage are called by.
    package let name: String
    /// The row that owns the document or master.
    package let header: Header
    /// Nil for a master.
    package let document: Document?
    /// Event types; a master has one, that of its readings.
    package let types: [String]
    package let reads: [TableRead]
    package let calls: [FunctionCall]
    package let record: [FieldMapping]
    /// By event type.
    package let schemas: [String: EventSchema]

    /// Name of the rows that hold the header.
    static let headerRows = "header"
    /// Names of the rows that a change document brings: its header and its items.
    static let changeRows = "change"
    static let changeItemRows = "change_items"

    /// What the feed may read and call: its share of the agent's allow-list (DESIGN 4.6).
    package var allowed: AllowList {
        var tables: [String: Set<String>] = [:]
        for (rows, table) in tableOfRows {
            tables[table, default: []].formUnion(columns(of: rows))
        }
        if header.currency != nil { tables["TCURX"] = ["CURRKEY", "CURRDEC"] }
        var functions: [String: Set<String>] = [:]
        for call in calls {
            functions[call.function, default: []].formUnion(
                Set(call.arguments.keys).union(call.results.keys).union([call.messages]))
        }
        return AllowList(tables: tables, functions: functions)
    }

    /// Tables by the names of the rows that are read from them.
    var tableOfRows: [String: String] {
        var tables = [Self.headerRows: header.table]
        for read in reads { tables[read.name] = read.table }
        if changeClasses.isEmpty { return tables }
        tables[Self.changeRows] = ChangeDocuments.headerTable
        tables[Self.changeItemRows] = ChangeDocuments.itemTable
        return tables
    }

    /// Object classes whose change documents the feed reads.
    var changeClasses: [String] {
        (document?.streams ?? []).compactMap { stream in
            if case .changeDocuments(let objectClass) = stream.search { objectClass } else { nil }
        }
    }

    /// Columns that are read for these rows, sorted: what any part of the file looks at.
    package func columns(of rows: String) -> [String] {
        var columns = Set(references.lazy.filter { $0.rows == rows }.map(\.column))
        switch rows {
        case Self.headerRows:
            columns.formUnion(header.key.map(\.name) + header.filters.map(\.column) + header.subject)
            if let document {
                columns.formUnion([document.date] + document.standsIn)
                if let time = document.time { columns.insert(time) }
            }
        case Self.changeRows: columns.formUnion(ChangeDocuments.headerColumns)
        case Self.changeItemRows: columns.formUnion(ChangeDocuments.itemColumns)
        default:
            if let read = reads.first(where: { $0.name == rows }) { columns.formUnion(read.ownColumns) }
        }
        return columns.sorted()
    }

    private var references: [ColumnReference] {
        var found = record.flatMap(\.references) + reads.flatMap(\.references) + calls.flatMap(\.references)
        found += [header.reference, header.currency].compactMap(\.self)
        guard let document else { return found }
        found += document.transitions.flatMap(\.references) + document.masters.map(\.key)
        found += document.waits.flatMap { $0.when.map(\.column) }
        found += document.ignored.flatMap { $0.map(\.column) }
        return found
    }

    /// The values of the key columns as one text: each but the last filled with blanks to its length.
    package func documentKey(_ values: [String]) -> String {
        var text = ""
        for (index, (value, column)) in zip(values, header.key).enumerated() {
            text += value
            guard index < header.key.count - 1 else { break }
            text += String(repeating: " ", count: max(0, column.length - value.count))
        }
        return text
    }

    /// The values of the key columns, cut out of a document key.
    package func keyValues(_ documentKey: String) -> [String] {
        var rest = Substring(documentKey)
        return header.key.enumerated().map { index, column in
            let part = index == header.key.count - 1 ? rest : rest.prefix(column.length)
            rest = rest.dropFirst(part.count)
            return String(part.reversed().drop { $0 == " " }.reversed())
        }
    }
}
