/// One field of a record: its name for people and rules, its number for the wire.
package struct FieldSchema: Hashable, Sendable {
    /// Where the currency of an amount stands.
    package enum Currency: Hashable, Sendable {
        /// In the field of this number of the same record.
        case sibling(UInt32)
        /// In the field of this number of the outermost record.
        case top(UInt32)
    }

    /// Lower-case letters, digits and underscores, beginning with a letter.
    package var name: String
    /// 1 to 18,999 or 20,000 to 536,870,911 (protobuf keeps the gap for itself).
    package var number: UInt32
    package var kind: FieldKind
    /// Text and keys: characters; bytes: bytes; decimals: digits.
    ///
    /// `nil` where nothing bounds it.
    package var maxLength: Int?
    /// Whether it holds several values in order.
    package var isList: Bool
    /// Greatest count of values of a list; `nil` where nothing bounds it.
    package var maxCount: Int?
    /// The fields of a record, by ascending number.
    package var fields: [FieldSchema]
    /// Set for amounts of money.
    package var currency: Currency?

    /// A field; the fields of a record are put in order of their numbers.
    package init(
        _ name: String, _ number: UInt32, _ kind: FieldKind, maxLength: Int? = nil, isList: Bool = false,
        maxCount: Int? = nil, fields: [FieldSchema] = [], currency: Currency? = nil,
    ) {
        self.name = name
        self.number = number
        self.kind = kind
        self.maxLength = maxLength
        self.isList = isList
        self.maxCount = maxCount
        self.fields = fields.sorted { $0.number < $1.number }
        self.currency = currency
    }

    init(wire: WireFieldSchema, depth: Int) throws(ProtocolError) {
        guard depth > 0 else { throw .malformed("schema: depth") }
        name = wire.name
        number = wire.number
        kind = try FieldKind(wire: wire.kind)
        maxLength = wire.maxLength == 0 ? nil : Int(wire.maxLength)
        isList = wire.list
        maxCount = wire.maxCount == 0 ? nil : Int(wire.maxCount)
        fields = []
        for field in wire.fields { fields.append(try FieldSchema(wire: field, depth: depth - 1)) }
        if wire.currencyField != 0 {
            currency = wire.currencyAtTop ? .top(wire.currencyField) : .sibling(wire.currencyField)
        }
        guard FieldSchema.isName(name), FieldSchema.isNumber(number), (kind == .record) == !fields.isEmpty
        else {
            throw .malformed("schema: field \(number)")
        }
        try FieldSchema.check(fields)
    }

    var wire: WireFieldSchema {
        var wire = WireFieldSchema()
        wire.name = name
        wire.number = number
        wire.kind = kind.wire
        wire.maxLength = UInt32(clamping: maxLength ?? 0)
        wire.list = isList
        wire.maxCount = UInt32(clamping: maxCount ?? 0)
        wire.fields = fields.map(\.wire)
        switch currency {
        case .sibling(let field): wire.currencyField = field
        case .top(let field):
            wire.currencyField = field
            wire.currencyAtTop = true
        case nil: break
        }
        return wire
    }

    /// Numbers must ascend, and names must be unique.
    static func check(_ fields: [FieldSchema]) throws(ProtocolError) {
        var names: Set<String> = []
        var last: UInt32 = 0
        for field in fields {
            guard field.number > last, names.insert(field.name).inserted else {
                throw .malformed("schema: order or names of its fields")
            }
            last = field.number
        }
    }

    private static func isNumber(_ number: UInt32) -> Bool {
        (1...18_999).contains(number) || (20_000...536_870_911).contains(number)
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (97...122).contains(first), name.utf8.count <= 64 else {
            return false
        }
        return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}
