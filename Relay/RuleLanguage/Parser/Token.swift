/// One token of an expression.
enum Token: Hashable {
    case identifier(String)
    /// In back-quotes: a field name that is no identifier.
    case quoted(String)
    case int(UInt64)
    case uint(UInt64)
    /// With its digits as they were written, for what reads them exactly.
    case double(Double, String)
    case string([UInt8])
    case bytes([UInt8])
    case symbol(String)
    case end

    /// How a message names it.
    var text: String {
        switch self {
        case .identifier(let name): "\"\(name)\""
        case .quoted(let name): "`\(name)`"
        case .int, .uint, .double: "a number"
        case .string, .bytes: "a text"
        case .symbol(let symbol): "\"\(symbol)\""
        case .end: "the end"
        }
    }
}
