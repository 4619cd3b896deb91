internal import YAMLDocument

/// A condition on a column: it holds one of these values, or none of them.
package struct RowMatch: Hashable, Sendable {
    /// Where to look.
    package let column: ColumnReference
    /// As SAP stores them, without trailing blanks; empty text stands for blank.
    package let values: [String]
    /// Whether the column must hold another value.
    package let isNegated: Bool

    /// Whether a value fulfils it.
    package func accepts(_ text: String) -> Bool { values.contains(text) != isNegated }

    /// Reads a mapping of conditions that must all hold: `{header.RBSTAT: [A, B], accounting.BELNR: {not:
    /// ""}}`.
    static func read(_ node: YAMLNode?, known: [String]) throws(YAMLError) -> [RowMatch] {
        guard let node else { return [] }
        var matches: [RowMatch] = []
        for entry in try node.entries() {
            let column = try ColumnReference(text: entry.key, known: known) { entry.place.error($0) }
            matches.append(try RowMatch(column: column, node: entry.value))
        }
        return matches
    }

    private init(column: ColumnReference, node: YAMLNode) throws(YAMLError) {
        self.column = column
        if case .mapping = node.content {
            values = try node.mapping { (inner) throws(YAMLError) in
                try ValueList.read(try inner.required("not"))
            }
            isNegated = true
        } else {
            values = try ValueList.read(node)
            isNegated = false
        }
    }
}

/// One value or a list of them.
enum ValueList {
    static func read(_ node: YAMLNode) throws(YAMLError) -> [String] {
        guard case .sequence(let items) = node.content else { return [try node.string()] }
        guard !items.isEmpty else { throw node.error("the list is empty") }
        var values: [String] = []
        for item in items { values.append(try item.string()) }
        return values
    }
}

/// A condition that SAP itself evaluates: the column holds one of these values.
package struct ColumnFilter: Hashable, Sendable {
    package let column: String
    package let values: [String]

    static func read(_ node: YAMLNode?) throws(YAMLError) -> [ColumnFilter] {
        guard let node else { return [] }
        var filters: [ColumnFilter] = []
        for entry in try node.entries() {
            guard SAPName.isValid(entry.key) else {
                throw entry.place.error("a column is expected in capitals, not \"\(entry.key)\"")
            }
            filters.append(ColumnFilter(column: entry.key, values: try ValueList.read(entry.value)))
        }
        return filters
    }
}

/// A column of the rows that are looked for, and the column whose value it must equal.
package struct JoinPair: Hashable, Sendable {
    package let column: String
    package let other: ColumnReference

    static func read(_ node: YAMLNode?, known: [String]) throws(YAMLError) -> [JoinPair] {
        guard let node else { return [] }
        var pairs: [JoinPair] = []
        for entry in try node.entries() {
            guard SAPName.isValid(entry.key) else {
                throw entry.place.error("a column is expected in capitals, not \"\(entry.key)\"")
            }
            pairs.append(
                JoinPair(column: entry.key, other: try ColumnReference(entry.value, known: known)))
        }
        return pairs
    }
}
