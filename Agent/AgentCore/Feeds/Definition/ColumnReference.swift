internal import YAMLDocument

/// A column of one of the row sets that a feed reads, written `items.NETWR`.
package struct ColumnReference: Hashable, Sendable, CustomStringConvertible {
    /// `header`, or the name of a read or of a result of a call.
    package let rows: String
    /// As SAP writes it.
    package let column: String

    /// A reference by its two names.
    package init(_ rows: String, _ column: String) {
        self.rows = rows
        self.column = column
    }

    /// `items.NETWR`.
    package var description: String { "\(rows).\(column)" }

    /// Reads `rows.COLUMN`; `known` are the row sets that are there at this place of the file.
    init(_ node: YAMLNode, known: [String]) throws(YAMLError) {
        try self.init(text: try node.string(), known: known) { problem in node.error(problem) }
    }

    /// The same for a text that stands as a key of a mapping.
    init(text: String, known: [String], problem: (String) -> YAMLError) throws(YAMLError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, SAPName.isValid(parts[1]) else {
            throw problem("a column is expected as rows.COLUMN, header.EBELN for example, not \"\(text)\"")
        }
        guard known.contains(parts[0]) else {
            throw problem("no rows are called \"\(parts[0])\" here; known: \(known.joined(separator: ", "))")
        }
        self.init(parts[0], parts[1])
    }
}

/// Names as SAP's dictionary has them.
enum SAPName {
    /// Upper-case letters, digits, underscores and the slashes of a namespace; at most 30 characters.
    static func isValid(_ name: String) -> Bool {
        let bytes = name.utf8
        guard (1...30).contains(bytes.count) else { return false }
        return bytes.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 47 }
    }

    /// The name in `node`.
    static func read(_ node: YAMLNode) throws(YAMLError) -> String {
        let name = try node.string()
        guard isValid(name) else { throw node.expected("a name of SAP's dictionary in capitals") }
        return name
    }

    /// The names in a list.
    static func list(_ mapping: YAMLMapping, _ key: String) throws(YAMLError) -> [String] {
        var names: [String] = []
        for node in try mapping.list(key) { names.append(try read(node)) }
        return names
    }
}
