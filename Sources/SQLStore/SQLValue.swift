/// One value of a column or parameter.
///
/// Public and frozen, because binding and reading values is the hot path of both programs and `package`
/// declarations are never inlined into another module.
@frozen
public enum SQLValue: Hashable, Sendable {
    /// SQL's NULL.
    case null
    /// A signed 64-bit integer; also booleans (0, 1), dates and times as numbers.
    case integer(Int64)
    /// A double; never used for money.
    case real(Double)
    /// A text in UTF-8.
    case text(String)
    /// Bytes as they are.
    case blob([UInt8])

    /// The integer, or NULL for nil.
    @inlinable
    public init(_ integer: Int64?) { self = integer.map(SQLValue.integer) ?? .null }

    /// The integer, or NULL for nil.
    @inlinable
    public init(_ integer: Int?) { self = integer.map { .integer(Int64($0)) } ?? .null }

    /// The text, or NULL for nil.
    @inlinable
    public init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }

    /// The bytes, or NULL for nil.
    @inlinable
    public init(_ blob: [UInt8]?) { self = blob.map(SQLValue.blob) ?? .null }

    /// 1 for true, 0 for false.
    @inlinable
    public init(_ boolean: Bool) { self = .integer(boolean ? 1 : 0) }

    /// What kind of value this is, in the words of an error message.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .integer: "integer"
        case .real: "real"
        case .text: "text"
        case .blob: "blob"
        }
    }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    /// `7` stands for `.integer(7)`.
    @inlinable
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// `"a"` stands for `.text("a")`.
    @inlinable
    public init(stringLiteral value: String) { self = .text(value) }
    /// `nil` stands for `.null`.
    @inlinable
    public init(nilLiteral: ()) { self = .null }
}
