/// The fields of a record as conditions see them: names, kinds, wire numbers and bounds.
package struct RecordSchema: Hashable, Sendable {
    /// What a field holds, and so how it stands on the wire.
    package enum Kind: String, BitwiseCopyable, Hashable, Sendable {
        case text, integer, boolean, decimal, date, timeOfDay, timestamp, bytes, record
        /// Text that is equal with and without leading zeros (SAP's ALPHA conversion).
        case key
    }

    /// One field.
    package struct Field: Hashable, Sendable {
        package let name: String
        /// On the wire.
        package let number: UInt32
        package let kind: Kind
        package let isList: Bool
        /// Characters, bytes or digits; nil where nothing bounds it.
        package let maxLength: Int?
        /// Values of a list; nil where nothing bounds it.
        package let maxCount: Int?
        /// Whether it is an amount with a currency beside it.
        package let isMoney: Bool
        /// The fields of a record; none for other kinds.
        package let record: RecordSchema

        /// A field of these properties.
        package init(
            name: String, number: UInt32, kind: Kind, isList: Bool = false, maxLength: Int? = nil,
            maxCount: Int? = nil, isMoney: Bool = false, record: RecordSchema = RecordSchema(fields: []),
        ) {
            self.name = name
            self.number = number
            self.kind = kind
            self.isList = isList
            self.maxLength = maxLength
            self.maxCount = maxCount
            self.isMoney = isMoney
            self.record = record
        }
    }

    /// In the order of the schema.
    package let fields: [Field]
    private let positions: [String: Int]

    /// A record of these fields, whose names must be unique.
    package init(fields: [Field]) {
        self.fields = fields
        positions = Dictionary(
            fields.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// The field of that name.
    package func field(_ name: String) -> Field? { positions[name].map { fields[$0] } }

    /// The fields of both, by name; where both have one, `newer` says what it is.
    package func merged(with newer: RecordSchema) -> RecordSchema {
        let kept = fields.map { field in
            guard let other = newer.field(field.name) else { return field }
            guard field.kind == .record, other.kind == .record else { return other }
            return Field(
                name: other.name, number: other.number, kind: .record, isList: other.isList,
                maxCount: other.maxCount, record: field.record.merged(with: other.record))
        }
        return RecordSchema(fields: kept + newer.fields.filter { field($0.name) == nil })
    }
}
