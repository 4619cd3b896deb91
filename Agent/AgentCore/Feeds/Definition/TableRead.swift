internal import YAMLDocument

/// One table read by keys of rows that were read before it.
package struct TableRead: Hashable, Sendable {
    /// A column to sort by; texts are compared.
    package struct Order: Hashable, Sendable {
        package let column: String
        package let isDescending: Bool
    }

    /// Its name in the feed.
    package let name: String
    package let table: String
    /// What SAP is asked by, and what tells which document a row belongs to.
    package let by: [JoinPair]
    /// Conditions that SAP evaluates.
    package let filters: [ColumnFilter]
    /// A row stays only where some row of other rows agrees with it in these columns.
    package let match: [JoinPair]
    /// Other rows that do not count in `match`.
    package let unless: [RowMatch]
    /// The first row is the one that single fields are taken from.
    package let order: [Order]
    /// Columns that hold from when and until when a row is good, fourteen digits; empty where there are none.
    package let valid: [String]
    /// Only documents for which these hold are asked for.
    package let when: [RowMatch]
    /// Whether documents go on without it where SAP refuses it.
    package let isOptional: Bool

    init(name: String, node: YAMLNode, known: [String]) throws(YAMLError) {
        let mapping = try node.mapping()
        self.name = name
        table = try SAPName.read(try mapping.required("table"))
        by = try JoinPair.read(try mapping.required("by"), known: known)
        filters = try ColumnFilter.read(mapping.optional("where"))
        match = try JoinPair.read(mapping.optional("match"), known: known)
        unless = try RowMatch.read(mapping.optional("unless"), known: known)
        when = try RowMatch.read(mapping.optional("when"), known: known)
        valid = try SAPName.list(mapping, "valid")
        isOptional = try mapping.boolean("optional", default: false)
        var order: [Order] = []
        for item in try mapping.list("order") {
            let text = try item.string()
            let column = text.hasPrefix("-") ? String(text.dropFirst()) : text
            guard SAPName.isValid(column) else { throw item.expected("a column in capitals, or -COLUMN") }
            order.append(Order(column: column, isDescending: text.hasPrefix("-")))
        }
        self.order = order
        try mapping.finish()
        guard !by.isEmpty else { throw node.error("\"by\" names no column: a whole table is never read") }
        if let first = by.first, by.contains(where: { $0.other.rows != first.other.rows }) {
            throw node.error("\"by\" takes its values from one other set of rows only")
        }
        guard valid.isEmpty || valid.count == 2 else {
            throw node.error("\"valid\" names two columns, from and until")
        }
        if let first = match.first, match.contains(where: { $0.other.rows != first.other.rows }) {
            throw node.error("\"match\" compares with one other set of rows only")
        }
    }

    /// Columns that the read itself needs.
    var ownColumns: Set<String> {
        Set(by.map(\.column) + filters.map(\.column) + match.map(\.column) + order.map(\.column) + valid)
    }

    /// Columns of other rows that it looks at.
    var references: [ColumnReference] {
        by.map(\.other) + match.map(\.other) + unless.map(\.column) + when.map(\.column)
    }
}
