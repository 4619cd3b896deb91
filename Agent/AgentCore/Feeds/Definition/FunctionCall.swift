internal import YAMLDocument

/// One function module called for a document.
package struct FunctionCall: Hashable, Sendable {
    /// What goes into a parameter.
    package enum Argument: Hashable, Sendable {
        case column(ColumnReference)
        case value(String)
    }

    /// When it is called.
    package enum Need: Hashable, Sendable {
        case always
        /// Where the conditions hold, and for every document with a number that a table read cut off.
        case matching([RowMatch])
    }

    /// Its name in the feed.
    package let name: String
    /// The function module.
    package let function: String
    /// What is sent, by parameter.
    package let arguments: [String: Argument]
    /// Names of rows in the feed, by the parameter that brings them: a structure is one row.
    package let results: [String: String]
    /// The parameter that holds SAP's messages, a structure or a table; rows of type E or A are failures.
    package let messages: String
    /// Messages, `M8/184`, that say that the document is not there yet.
    package let notFound: Set<String>
    package let need: Need

    init(name: String, node: YAMLNode, known: [String]) throws(YAMLError) {
        let mapping = try node.mapping()
        self.name = name
        function = try SAPName.read(try mapping.required("function"))
        var arguments: [String: Argument] = [:]
        for entry in try mapping.entries("parameters") {
            if case .mapping = entry.value.content {
                let value = try entry.value.mapping { (inner) throws(YAMLError) in try inner.string("value") }
                arguments[entry.key] = .value(value)
            } else {
                arguments[entry.key] = .column(try ColumnReference(entry.value, known: known))
            }
        }
        self.arguments = arguments
        var results: [String: String] = [:]
        for entry in try mapping.entries("results") {
            let rows = try entry.value.string()
            guard !known.contains(rows), !results.values.contains(rows) else {
                throw entry.value.error("rows called \"\(rows)\" are there already")
            }
            results[entry.key] = rows
        }
        self.results = results
        messages = try mapping.string("messages", default: "RETURN")
        notFound = Set(try mapping.strings("not_found"))
        let when = try RowMatch.read(mapping.optional("when"), known: known)
        need = when.isEmpty ? .always : .matching(when)
        try mapping.finish()
    }

    /// Columns of rows that it looks at.
    var references: [ColumnReference] {
        var found: [ColumnReference] = arguments.values.compactMap { argument in
            if case .column(let column) = argument { column } else { nil }
        }
        if case .matching(let matches) = need { found += matches.map(\.column) }
        return found
    }
}
