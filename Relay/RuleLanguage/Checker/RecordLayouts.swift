/// Gives the fields that conditions read their slots, record by record.
///
/// Only what some condition reads has a slot, so an event's decoding costs what its rules use.
struct RecordLayouts {
    /// One record: its fields, and which of them have a slot.
    struct Layout: Sendable {
        let schema: RecordSchema
        /// In the order of their first use; the index is the slot.
        var slots: [Slot] = []
    }

    struct Slot: Sendable {
        let field: RecordSchema.Field
        /// The layout of a record, or of the records of a list.
        let record: Int?
    }

    private(set) var layouts: [Layout] = []

    /// A layout for one more record that nothing is read of yet.
    mutating func add(_ schema: RecordSchema) -> Int {
        layouts.append(Layout(schema: schema))
        return layouts.count - 1
    }

    /// The slot of a field, and its type; nil where the record has no such field.
    mutating func slot(of name: String, in record: Int) -> (slot: Int, type: RuleType)? {
        guard let field = layouts[record].schema.field(name) else { return nil }
        let position = layouts[record].slots.firstIndex { $0.field.name == name }
        if let position { return (position, type(of: layouts[record].slots[position])) }
        let inner = field.kind == .record ? add(field.record) : nil
        layouts[record].slots.append(Slot(field: field, record: inner))
        let slot = layouts[record].slots.count - 1
        return (slot, type(of: layouts[record].slots[slot]))
    }

    private func type(of slot: Slot) -> RuleType {
        let single: RuleType =
            switch slot.field.kind {
            case .text: .string
            case .key: .key
            case .integer: .int
            case .boolean: .bool
            case .decimal: .decimal
            case .date: .date
            // There is no time of day in the language: it counts from midnight.
            case .timeOfDay: .duration
            case .timestamp: .timestamp
            case .bytes: .bytes
            case .record: slot.record.map { .record($0) } ?? .unknown
            }
        return slot.field.isList ? .list(single) : single
    }
}
