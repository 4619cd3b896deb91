internal import ConnectorProtocol
internal import YAMLDocument

/// Reads the mapping of a record and checks it against the event's schema.
struct FieldMappingReader {
    /// Row sets that are there.
    let known: [String]
    /// Fields of the outermost record that the type already has.
    let top: [FieldSchema]

    /// Numbers of the customer's own fields begin here in types that are built in.
    static let firstOwnNumber = 1_001

    /// The fields under `node`; `base` are those that the schema has at this place.
    func fields(_ node: YAMLNode, base: [FieldSchema], isTop: Bool) throws(YAMLError) -> [FieldMapping] {
        var fields: [FieldMapping] = []
        var totals: [YAMLNode.Entry] = []
        for entry in try node.entries() {
            if Self.isTotal(entry.value) {
                totals.append(entry)
            } else {
                fields.append(try field(entry, base: base, made: fields, isTop: isTop))
            }
        }
        // A sum is made of records that are there, wherever it stands in the file.
        for entry in totals { fields.append(try field(entry, base: base, made: fields, isTop: isTop)) }
        var numbers: Set<UInt32> = []
        for field in fields where !numbers.insert(field.field.number).inserted {
            throw node.error("two fields have the number \(field.field.number)")
        }
        return fields
    }

    private static func isTotal(_ node: YAMLNode) -> Bool {
        guard case .mapping(let entries) = node.content else { return false }
        return entries.contains { $0.key == "total" }
    }

    private func field(
        _ entry: YAMLNode.Entry, base: [FieldSchema], made: [FieldMapping], isTop: Bool,
    ) throws(YAMLError) -> FieldMapping {
        let mapping = try entry.value.mapping()
        let declared = base.first { $0.name == entry.key }
        let number = mapping.optional("number")
        if declared == nil, number == nil {
            let names = base.map(\.name).joined(separator: ", ")
            throw entry.place.error(
                "the event has no field \"\(entry.key)\"; give it a number of its own, or use one of: \(names)"
            )
        }
        if declared != nil, let number { throw number.error("this field has its number already") }
        let source = try source(mapping, declared: declared, made: made)
        let kind = try kind(mapping, declared: declared, source: source)
        let schema: FieldSchema
        if let declared {
            schema = declared
        } else {
            schema = try ownField(
                entry, mapping, kind: kind, source: source, base: base, siblings: isTop ? made : nil)
        }
        var words: [String: String] = [:]
        for word in try mapping.entries("words") { words[word.key] = try word.value.string() }
        let result = FieldMapping(
            field: schema, source: source, kind: kind,
            when: try RowMatch.read(mapping.optional("when"), known: known),
            unlessZero: try column(mapping.optional("unless_zero")),
            isOptional: try mapping.boolean("optional", default: false), words: words,
            trueFor: try trueFor(mapping),
            ifCut: try ifCut(mapping, declared: schema, made: made))
        try mapping.finish()
        try check(result, isOwn: declared == nil, at: entry)
        return result
    }

    private func column(_ node: YAMLNode?) throws(YAMLError) -> ColumnReference? {
        guard let node else { return nil }
        return try ColumnReference(node, known: known)
    }

    private func columns(_ node: YAMLNode) throws(YAMLError) -> [ColumnReference] {
        guard case .sequence(let items) = node.content else {
            return [try ColumnReference(node, known: known)]
        }
        var columns: [ColumnReference] = []
        for item in items { columns.append(try ColumnReference(item, known: known)) }
        guard !columns.isEmpty else { throw node.error("the list is empty") }
        return columns
    }

    private func trueFor(_ mapping: YAMLMapping) throws(YAMLError) -> [String] {
        guard let node = mapping.optional("true_for") else { return ["X"] }
        return try ValueList.read(node)
    }

    private func source(
        _ mapping: YAMLMapping, declared: FieldSchema?, made: [FieldMapping],
    ) throws(YAMLError) -> FieldMapping.Source {
        let match = try JoinPair.read(mapping.optional("match"), known: known)
        if let node = mapping.optional("from") { return .columns(try columns(node), match: match) }
        if let node = mapping.optional("earliest") {
            return .extreme(try ColumnReference(node, known: known), isLatest: false, match: match)
        }
        if let node = mapping.optional("latest") {
            return .extreme(try ColumnReference(node, known: known), isLatest: true, match: match)
        }
        if let node = mapping.optional("list") { return .list(try ColumnReference(node, known: known)) }
        if let node = mapping.optional("each") {
            let rows = try node.string()
            guard known.contains(rows) else {
                throw node.error("no rows are called \"\(rows)\"; known: \(known.joined(separator: ", "))")
            }
            return .each(
                rows: rows, when: try RowMatch.read(mapping.optional("rows_when"), known: known),
                fields: try fields(
                    try mapping.required("fields"), base: declared?.fields ?? [], isTop: false))
        }
        if let node = mapping.optional("record") {
            return .record(try fields(node, base: declared?.fields ?? [], isTop: false))
        }
        if let node = mapping.optional("total") { return try total(node, mapping, made) }
        if let node = mapping.optional("due") {
            return .due(
                base: try ColumnReference(node, known: known),
                days: try columns(try mapping.required("days")),
                daysWhen: try RowMatch.read(mapping.optional("days_when"), known: known))
        }
        if let node = mapping.optional("product") {
            return .product(
                times: try columns(node), over: try columns(try mapping.required("over")), match: match)
        }
        throw mapping.node.error(
            "it is not said where the value comes from: from, earliest, latest, list, each, record, total, due or "
                + "product is missing")
    }

    private func total(
        _ node: YAMLNode, _ mapping: YAMLMapping, _ made: [FieldMapping],
    ) throws(YAMLError) -> FieldMapping.Source {
        let parts = try node.string().split(separator: ".").map(String.init)
        guard parts.count == 2, let list = made.first(where: { $0.field.name == parts[0] }),
            case .each(_, _, let inner) = list.source,
            let summed = inner.first(where: { $0.field.name == parts[1] }), summed.field.kind == .decimal
        else { throw node.expected("a decimal field of a list of this record, items.net_value for example") }
        guard let unless = mapping.optional("unless") else {
            return .total(list: list.field.number, field: summed.field.number, unless: nil)
        }
        let name = try unless.string()
        guard let flag = inner.first(where: { $0.field.name == name }), flag.field.kind == .boolean else {
            throw unless.expected("a flag of the same records")
        }
        return .total(list: list.field.number, field: summed.field.number, unless: flag.field.number)
    }

    private func kind(
        _ mapping: YAMLMapping, declared: FieldSchema?, source: FieldMapping.Source,
    ) throws(YAMLError) -> FieldMapping.Kind {
        if let node = mapping.optional("as") { return try node.choice() }
        switch source {
        case .each, .record: return .text
        default: break
        }
        guard let declared else { return .text }
        guard let kind = FieldMapping.Kind(of: declared.kind) else {
            throw mapping.node.error(
                "\"as\" must say what number it is: quantity, number, table_amount or bapi_amount")
        }
        return kind
    }

    private func ifCut(
        _ mapping: YAMLMapping, declared: FieldSchema, made: [FieldMapping],
    ) throws(YAMLError) -> [FieldMapping] {
        guard let node = mapping.optional("if_cut") else { return [] }
        let inner = try node.mapping()
        let source = try source(inner, declared: declared, made: made)
        let kind = try kind(inner, declared: declared, source: source)
        try inner.finish()
        return [
            FieldMapping(
                field: declared, source: source, kind: kind, when: [], unlessZero: nil, isOptional: false,
                words: [:], trueFor: [], ifCut: [])
        ]
    }

    /// A field that the customer adds: it says its own number and length.
    private func ownField(
        _ entry: YAMLNode.Entry, _ mapping: YAMLMapping, kind: FieldMapping.Kind,
        source: FieldMapping.Source, base: [FieldSchema], siblings: [FieldMapping]?,
    ) throws(YAMLError) -> FieldSchema {
        let lowest = base.isEmpty ? 1 : Self.firstOwnNumber
        let number = UInt32(clamping: try mapping.integer("number", in: lowest...18_999))
        let length = try mapping.integer("length", default: 0, in: 0...100_000)
        let maxLength = length == 0 ? nil : length
        switch source {
        case .each(_, _, let fields):
            return FieldSchema(entry.key, number, .record, isList: true, fields: fields.map(\.field))
        case .record(let fields):
            return FieldSchema(entry.key, number, .record, fields: fields.map(\.field))
        default: break
        }
        var isList = false
        if case .list = source { isList = true }
        var currency: FieldSchema.Currency?
        let outermost = top + (siblings ?? []).map(\.field)
        if kind.isAmount, let field = outermost.first(where: { $0.name == "currency" }) {
            currency = siblings != nil ? .sibling(field.number) : .top(field.number)
        }
        return FieldSchema(
            entry.key, number, kind.fieldKind, maxLength: maxLength, isList: isList, currency: currency)
    }

    /// A mapping that would write another kind of value than the schema says is an error of the file.
    private func check(
        _ mapping: FieldMapping, isOwn: Bool, at entry: YAMLNode.Entry,
    ) throws(YAMLError) {
        let field = mapping.field
        var expected = mapping.kind.fieldKind
        var isList = false
        switch mapping.source {
        case .each: (expected, isList) = (.record, true)
        case .record: expected = .record
        case .list: isList = true
        case .due, .extreme:
            guard mapping.kind == .date else { throw entry.value.error("this gives a date") }
        case .total, .product:
            guard expected == .decimal else { throw entry.value.error("this gives a number") }
        case .columns: break
        }
        guard field.kind == expected, field.isList == isList else {
            let form = field.isList ? "list of \(field.kind.rawValue)" : field.kind.rawValue
            throw entry.value.error("the event's field is of kind \(form), the mapping gives another")
        }
        guard !isOwn else { return }
        for made in [mapping] + mapping.ifCut
        where made.field.kind == .decimal && (made.field.currency != nil) != made.kind.isAmount {
            // A sum takes the records' amounts as they are.
            if case .total = made.source { continue }
            throw entry.value.error(
                field.currency == nil
                    ? "the event's field is no amount of money" : "the event's field is an amount of money")
        }
    }
}
