/// A structure or a table of the dictionary: its fields in order, and where each stands in memory.
struct StructureDefinition: Sendable {
    /// Where one field begins, in bytes.
    struct Place: Hashable, Sendable {
        let plain: Int
        let unicode: Int
    }

    let name: String
    let isTable: Bool
    /// Leading fields that make the primary key.
    let keyCount: Int
    let fields: [FieldDefinition]
    let places: [Place]
    let size: Place
    private let positions: [String: Int]

    init(name: String, isTable: Bool, keyCount: Int, fields: [FieldDefinition]) {
        self.name = name
        self.isTable = isTable
        self.keyCount = keyCount
        self.fields = fields
        var plain = 0
        var unicode = 0
        var widest = (plain: 1, unicode: 1)
        places = fields.map { field in
            plain = Self.aligned(plain, field.alignment.plain)
            unicode = Self.aligned(unicode, field.alignment.unicode)
            widest = (max(widest.plain, field.alignment.plain), max(widest.unicode, field.alignment.unicode))
            defer {
                plain += field.bytes.plain
                unicode += field.bytes.unicode
            }
            return Place(plain: plain, unicode: unicode)
        }
        size = Place(plain: Self.aligned(plain, widest.plain), unicode: Self.aligned(unicode, widest.unicode))
        positions = Dictionary(
            fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func position(of name: String) -> Int? { positions[name] }

    /// A row with these values; fields not named are initial.
    func row(_ values: [String: String]) -> [String] { fields.map { values[$0.name] ?? "" } }

    private static func aligned(_ offset: Int, _ to: Int) -> Int { (offset + to - 1) / to * to }
}
