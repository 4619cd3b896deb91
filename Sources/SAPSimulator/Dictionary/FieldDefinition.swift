/// One field of a table or structure, by the dictionary's own type names (CHAR, NUMC, DATS, CURR ...).
struct FieldDefinition: Hashable, Sendable {
    let name: String
    let type: String
    /// Characters or digits.
    let length: Int
    let decimals: Int

    /// `name:type:length:decimals`, without the name for a parameter.
    init?(_ text: some StringProtocol, name given: String? = nil) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let rest = given == nil ? Array(parts.dropFirst()) : Array(parts)
        guard rest.count == 3, let length = Int(rest[1]), let decimals = Int(rest[2]) else { return nil }
        name = given ?? String(parts[0])
        type = String(rest[0])
        self.length = length
        self.decimals = decimals
    }

    /// The SDK's number of the type.
    var rfcType: UInt8 {
        switch type {
        case "NUMC", "ACCP": 6
        case "DATS": 1
        case "TIMS": 3
        case "DEC", "CURR", "QUAN": 2
        case "INT1": 10
        case "INT2": 9
        case "INT4": 8
        case "FLTP": 7
        case "RAW": 4
        case "STRG", "STRING": 29
        default: 0
        }
    }

    /// Bytes in a structure without Unicode and with it.
    var bytes: (plain: Int, unicode: Int) {
        switch type {
        case "DEC", "CURR", "QUAN": (length / 2 + 1, length / 2 + 1)
        case "INT1": (1, 1)
        case "INT2": (2, 2)
        case "INT4": (4, 4)
        case "FLTP", "STRG", "STRING": (8, 8)
        case "RAW": (length, length)
        default: (length, length * 2)
        }
    }

    /// What the value must start at a multiple of, without Unicode and with it.
    var alignment: (plain: Int, unicode: Int) {
        switch type {
        case "INT2": (2, 2)
        case "INT4": (4, 4)
        case "FLTP", "STRG", "STRING": (8, 8)
        case "DEC", "CURR", "QUAN", "INT1", "RAW": (1, 1)
        default: (1, 2)
        }
    }

    /// The letter that RFC_READ_TABLE and DFIES-INTTYPE name the type by.
    var letter: String {
        switch type {
        case "NUMC", "ACCP": "N"
        case "DATS": "D"
        case "TIMS": "T"
        case "DEC", "CURR", "QUAN": "P"
        case "INT1": "b"
        case "INT2": "s"
        case "INT4": "I"
        case "FLTP": "F"
        case "RAW": "X"
        case "STRG", "STRING": "g"
        default: "C"
        }
    }

    /// Whether values compare as numbers.
    var isNumber: Bool { ["P", "b", "s", "I", "F"].contains(letter) }

    /// The value as it travels: an initial one in the form its type has.
    func wireText(_ value: String) -> String {
        guard value.isEmpty else { return value }
        switch letter {
        case "D": return "00000000"
        case "T": return "000000"
        case "P", "b", "s", "I", "F": return "0"
        default: return ""
        }
    }
}
