package import ConnectorProtocol
package import YAMLDocument

extension FeedDefinition {
    /// Reads a feed's file.
    /// - Parameter schemas: the fields that an event type already has; nil for types of the customer's own.
    /// - Throws: the first thing that is wrong, with line and column.
    package init(
        yaml text: String, file: String,
        schemas: (String) -> EventSchema? = { BuiltInSchemas.schema(named: $0) },
    ) throws(YAMLError) {
        try self.init(root: try YAMLParser.parse(text, file: file), schemas: schemas)
    }

    /// Reads a feed from the root of its file.
    init(root: YAMLNode, schemas: (String) -> EventSchema?) throws(YAMLError) {
        let mapping = try root.mapping()
        let name = try FeedName.read(try mapping.required("feed"))
        if mapping.optional("master") != nil {
            try self.init(masterFile: mapping, name: name, schemas: schemas)
        } else {
            try self.init(documentFile: mapping, name: name, schemas: schemas)
        }
        try mapping.finish()
    }

    private init(
        masterFile mapping: YAMLMapping, name: String, schemas: (String) -> EventSchema?,
    ) throws(YAMLError) {
        let node = try mapping.required("master")
        let inner = try node.mapping()
        let type = try inner.string("type")
        let rows = try FeedRows(mapping, known: [Self.headerRows, FeedLoader.documentRows])
        let header = try Header(inner, rows: rows.known)
        try inner.finish()
        let record = try FeedRecord(mapping, rows: rows.known, types: [type], node: node, schemas: schemas)
        self.init(
            name: name, header: header, document: nil, types: [type], reads: rows.reads, calls: rows.calls,
            record: record.fields, schemas: record.schemas)
    }

    private init(
        documentFile mapping: YAMLMapping, name: String, schemas: (String) -> EventSchema?,
    ) throws(YAMLError) {
        let node = try mapping.required("document")
        let inner = try node.mapping()
        let date = try SAPName.read(try inner.required("date"))
        let time = try inner.optional("time").map { (node) throws(YAMLError) in try SAPName.read(node) }
        let standsIn = try SAPName.list(inner, "stands_in")
        guard time != nil || !standsIn.isEmpty else {
            throw node.error("without \"time\", columns must stand in for it: \"stands_in\" is missing")
        }
        let streams = try Self.streams(mapping, feed: name, isDateOnly: time == nil)
        var known = [Self.headerRows, FeedLoader.documentRows]
        if streams.contains(where: { $0.definition.stream.kind == .changeDocument }) {
            known += [Self.changeRows, Self.changeItemRows]
        }
        let rows = try FeedRows(mapping, known: known)
        let header = try Header(inner, rows: rows.known)
        try inner.finish()
        let byName = Dictionary(streams.map { ($0.name, $0.definition) }) { first, _ in first }
        let events = try mapping.required("events")
        var transitions: [TransitionDefinition] = []
        for entry in try events.entries() {
            transitions.append(
                try TransitionDefinition(node: entry.value, known: rows.beforeCalls, streams: byName))
        }
        guard !transitions.isEmpty else { throw events.error("the feed makes no events") }
        var types: [String] = []
        for transition in transitions where !types.contains(transition.type) { types.append(transition.type) }
        let record = try FeedRecord(mapping, rows: rows.known, types: types, node: events, schemas: schemas)
        var waits: [WaitRule] = []
        for item in try mapping.list("waits") {
            waits.append(try WaitRule(node: item, known: rows.beforeCalls))
        }
        var ignored: [[RowMatch]] = []
        for item in try mapping.list("ignored") {
            ignored.append(try RowMatch.read(item, known: rows.beforeCalls))
        }
        var masters: [Master] = []
        for entry in try mapping.entries("masters") {
            masters.append(
                Master(feed: entry.key, key: try ColumnReference(entry.value, known: rows.beforeCalls)))
        }
        self.init(
            name: name, header: header,
            document: Document(
                date: date, time: time, standsIn: standsIn, streams: streams.map(\.definition),
                transitions: transitions, waits: waits, ignored: ignored, masters: masters),
            types: types, reads: rows.reads, calls: rows.calls, record: record.fields,
            schemas: record.schemas)
    }

    private static func streams(
        _ mapping: YAMLMapping, feed: String, isDateOnly: Bool,
    ) throws(YAMLError) -> [(name: String, definition: StreamDefinition)] {
        let node = try mapping.required("streams")
        var streams: [(name: String, definition: StreamDefinition)] = []
        for entry in try node.entries() {
            streams.append(
                (
                    entry.key,
                    try StreamDefinition(
                        feed: feed, name: entry.key, node: entry.value, isDateOnly: isDateOnly)
                ))
        }
        guard !streams.isEmpty else { throw node.error("the feed watches nothing") }
        return streams
    }
}

extension FeedDefinition.Header {
    fileprivate init(_ mapping: YAMLMapping, rows: [String]) throws(YAMLError) {
        object = try mapping.string("object")
        table = try SAPName.read(try mapping.required("table"))
        var key: [FeedDefinition.KeyColumn] = []
        for entry in try mapping.required("key").entries() {
            guard SAPName.isValid(entry.key) else {
                throw entry.place.error("a column is expected in capitals, not \"\(entry.key)\"")
            }
            key.append(
                FeedDefinition.KeyColumn(name: entry.key, length: try entry.value.integer(in: 1...255)))
        }
        self.key = key
        filters = try ColumnFilter.read(mapping.optional("where"))
        subject = try SAPName.list(mapping, "subject")
        reference = try mapping.optional("reference").map { (node) throws(YAMLError) in
            try ColumnReference(node, known: rows)
        }
        currency = try mapping.optional("currency").map { (node) throws(YAMLError) in
            try ColumnReference(node, known: rows)
        }
        guard !key.isEmpty else { throw mapping.node.error("\"key\" names no column") }
        guard !subject.isEmpty else { throw mapping.node.error("\"subject\" names no column") }
    }
}

/// Names of feeds: they stand in file names, streams and coverage.
private enum FeedName {
    static func read(_ node: YAMLNode) throws(YAMLError) -> String {
        let name = try node.string()
        let bytes = name.utf8
        guard (1...40).contains(bytes.count),
            bytes.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        else { throw node.expected("a name of small letters, digits and underscores") }
        return name
    }
}

/// Reads and calls of a file, in its order: each may use what stands before it.
private struct FeedRows {
    var reads: [TableRead] = []
    var calls: [FunctionCall] = []
    /// Row sets that are there before anything is called.
    var beforeCalls: [String]
    var known: [String]

    init(_ mapping: YAMLMapping, known: [String]) throws(YAMLError) {
        var names = known
        for entry in try mapping.entries("reads") {
            guard !names.contains(entry.key) else {
                throw entry.place.error("rows called \"\(entry.key)\" are there already")
            }
            reads.append(try TableRead(name: entry.key, node: entry.value, known: names))
            names.append(entry.key)
        }
        beforeCalls = names
        for entry in try mapping.entries("calls") {
            let call = try FunctionCall(name: entry.key, node: entry.value, known: names)
            calls.append(call)
            names += call.results.values.sorted()
        }
        self.known = names
    }
}

/// The mapping of the record, and the schemas of all types of the feed.
private struct FeedRecord {
    let fields: [FieldMapping]
    let schemas: [String: EventSchema]

    init(
        _ mapping: YAMLMapping, rows: [String], types: [String], node: YAMLNode,
        schemas: (String) -> EventSchema?,
    ) throws(YAMLError) {
        let base = types.first.flatMap(schemas)?.fields ?? []
        for type in types where (schemas(type)?.fields ?? []) != base {
            throw node.error("the events of one feed have the same fields; \(type) has others")
        }
        let record = try mapping.required("record")
        fields = try FieldMappingReader(known: rows, top: base).fields(record, base: base, isTop: true)
        let own = fields.map(\.field).filter { field in !base.contains { $0.number == field.number } }
        var made: [String: EventSchema] = [:]
        for type in types {
            do throws(ProtocolError) {
                made[type] =
                    if own.isEmpty, let known = schemas(type) { known } else {
                        try EventSchema(type: type, fields: base + own)
                    }
            } catch {
                throw record.error("the fields make no schema of \(type): \(error)")
            }
        }
        self.schemas = made
    }
}
