/// The type of an expression, as far as it is known before it runs.
package indirect enum RuleType: Hashable, Sendable, CustomStringConvertible {
    /// Anything: known only when it runs.
    case dyn
    /// Of something that was refused; nothing more is said about it.
    case unknown
    case null, bool, int, uint, double, string, bytes, timestamp, duration, decimal, date, type
    /// A text that is equal with and without leading zeros.
    case key
    case list(RuleType)
    case map(RuleType, RuleType)
    /// A record; the number names its layout.
    case record(Int)

    /// As a message names it.
    package var description: String {
        switch self {
        case .dyn, .unknown: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .decimal: "decimal"
        case .date: "date"
        case .type: "type"
        case .key: "key"
        case .list(let element): "list of \(element)"
        case .map(let key, let value): "map of \(key) to \(value)"
        case .record: "record"
        }
    }

    /// Whether nothing is known that could be checked.
    var isOpen: Bool { self == .dyn || self == .unknown }
    var isText: Bool { self == .string || self == .key }
    var isPlainNumber: Bool { self == .int || self == .uint || self == .double }
    var isWhole: Bool { self == .int || self == .uint }

    var isRecord: Bool {
        if case .record = self { return true }
        return false
    }
}
