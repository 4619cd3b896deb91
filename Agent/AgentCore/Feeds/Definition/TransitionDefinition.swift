internal import YAMLDocument

/// One event that a document found by a stream can make.
package struct TransitionDefinition: Hashable, Sendable {
    /// Which rule names its version (DESIGN 4.2).
    package enum Version: String, Hashable, Sendable, CaseIterable {
        case once
        case changeDocument = "change_document"
    }

    /// A row of the change document that sets a column to one of these values.
    package struct ColumnChange: Hashable, Sendable {
        package let column: TableColumnName
        package let values: [String]
    }

    /// Part of the event's identity: `created`.
    package let name: String
    /// The event's type.
    package let type: String
    /// The stream that finds it, without the feed's name.
    package let stream: String
    package let version: Version
    /// Conditions on the document's rows.
    package let when: [RowMatch]
    /// At least one row of the change document must be among these; empty where any will do.
    package let changedTo: [ColumnChange]
    /// Change documents whose rows are all of these columns make no such event.
    package let unlessOnly: Set<TableColumnName>
    /// Where date and time of the event stand; the key's own stamp where this is nil.
    package let date: ColumnReference?
    package let time: ColumnReference?

    init(node: YAMLNode, known: [String], streams: [String: StreamDefinition]) throws(YAMLError) {
        let mapping = try node.mapping()
        name = try mapping.string("transition")
        type = try mapping.string("type")
        let from = try mapping.required("stream")
        stream = try from.string()
        guard let search = streams[stream]?.search else {
            throw from.expected("one of the feed's streams: \(streams.keys.sorted().joined(separator: ", "))")
        }
        let versionNode = try mapping.required("version")
        version = try versionNode.choice()
        when = try RowMatch.read(mapping.optional("when"), known: known)
        var changes: [ColumnChange] = []
        for entry in try mapping.entries("changed_to") {
            let column = try TableColumnName(entry.key) { entry.place.error($0) }
            changes.append(ColumnChange(column: column, values: try ValueList.read(entry.value)))
        }
        changedTo = changes
        var only: Set<TableColumnName> = []
        for item in try mapping.list("unless_only") {
            only.insert(try TableColumnName(try item.string()) { item.error($0) })
        }
        unlessOnly = only
        date = try mapping.optional("date").map { (node) throws(YAMLError) in
            try ColumnReference(node, known: known)
        }
        time = try mapping.optional("time").map { (node) throws(YAMLError) in
            try ColumnReference(node, known: known)
        }
        try mapping.finish()
        guard case .entryStamp = search else { return }
        guard version == .once else {
            throw versionNode.error(
                "the stream \(stream) finds no change documents: only \"once\" is possible")
        }
        guard changes.isEmpty, only.isEmpty else {
            throw node.error("changed_to and unless_only need a stream of change documents")
        }
    }

    /// Columns of rows that it looks at.
    var references: [ColumnReference] { when.map(\.column) + [date, time].compactMap(\.self) }
}

/// Why a document is read again, and whether it may be told before.
package struct WaitRule: Hashable, Sendable {
    package let reason: WatchReason
    package let when: [RowMatch]
    /// Whether what the document is already is told; else nothing is, until the rule no longer holds.
    package let tells: Bool

    init(node: YAMLNode, known: [String]) throws(YAMLError) {
        let mapping = try node.mapping()
        reason = try mapping.choice("reason")
        when = try RowMatch.read(try mapping.required("when"), known: known)
        tells = try mapping.boolean("tells")
        try mapping.finish()
        guard !when.isEmpty else {
            throw node.error("\"when\" holds no condition: nothing would ever be final")
        }
    }
}
