package import ConnectorProtocol

/// A record read by the names of its fields.
package struct RecordView: Sendable {
    private let fields: [FieldSchema]
    private let record: Record

    /// A record under the schema's fields that it was decoded by.
    package init(_ record: Record, fields: [FieldSchema]) {
        self.record = record
        self.fields = fields
    }

    /// The value of a field; nil where it is absent or the schema does not know it.
    package func value(_ name: String) -> RecordValue? {
        fields.first { $0.name == name }.flatMap { record[$0.number] }
    }

    /// A text or key without the blanks around it; nil where it is absent or blank.
    package func text(_ name: String) -> String? { value(name).flatMap(Self.text) }

    /// The truth of a field; nil where it is absent.
    package func boolean(_ name: String) -> Bool? {
        guard case .boolean(let value) = value(name) else { return nil }
        return value
    }

    /// The records of a list, or the one record of a field that is none.
    package func records(_ name: String) -> [RecordView] {
        guard let field = fields.first(where: { $0.name == name }), let value = record[field.number] else {
            return []
        }
        let values: [RecordValue]
        if case .list(let list) = value { values = list } else { values = [value] }
        return values.compactMap { value in
            guard case .record(let record) = value else { return nil }
            return RecordView(record, fields: field.fields)
        }
    }

    /// The record of a field; nil where it is absent.
    package func record(_ name: String) -> RecordView? { records(name).first }

    /// All texts that a path leads to, each once, in their order: `items.cost_center`.
    package func texts(_ path: String) -> [String] {
        let parts = path.split(separator: ".", maxSplits: 1)
        guard let head = parts.first.map(String.init) else { return [] }
        var found: [String] = []
        if parts.count == 2 {
            found = records(head).flatMap { $0.texts(String(parts[1])) }
        } else if case .list(let values) = value(head) {
            found = values.compactMap(Self.text)
        } else if let text = text(head) {
            found = [text]
        }
        var seen: Set<String> = []
        return found.filter { seen.insert($0).inserted }
    }

    private static func text(_ value: RecordValue) -> String? {
        guard case .text(let text) = value else { return nil }
        let trimmed = text.drop { $0 == " " }
        let end = trimmed.lastIndex { $0 != " " }
        return end.map { String(trimmed[...$0]) }
    }
}
