/// What a cell holds.
@frozen
public enum CellTag: UInt8, BitwiseCopyable, Sendable {
    case absent, null, bool, int, uint, double, string, bytes, timestamp, duration, decimal, date, list, map,
        type, record
    case error
}

/// One value while a rule runs: 16 bytes, copied without counting references (facts/cel-engine.md section 3).
///
/// Public and frozen because the inner loop of the evaluator reads it, and `package` is never inlined across
/// modules.
@frozen
public struct Cell: BitwiseCopyable, Sendable {
    /// A number, or offset and length of a text, or first cell and count of a list or map.
    public var bits: UInt64
    /// Tag, then nanoseconds or the index of a wide decimal in the upper half.
    public var meta: UInt64

    /// A cell of its parts.
    @inlinable
    public init(_ tag: CellTag, _ bits: UInt64 = 0, extra: UInt32 = 0) {
        self.bits = bits
        meta = UInt64(tag.rawValue) | UInt64(extra) << 32
    }

    /// What it holds.
    @inlinable public var tag: CellTag { CellTag(rawValue: UInt8(truncatingIfNeeded: meta)) ?? .error }
    /// Nanoseconds of a timestamp or duration.
    @inlinable public var extra: UInt32 { UInt32(truncatingIfNeeded: meta >> 32) }
    /// Offset of a text, first cell of a list or map.
    @inlinable public var first: Int { Int(truncatingIfNeeded: bits >> 32) }
    /// Bytes of a text, elements of a list, entries of a map.
    @inlinable public var count: Int { Int(truncatingIfNeeded: bits & 0xFFFF_FFFF) }
}

extension Cell {
    static let yes = Cell(.bool, 1)
    static let no = Cell(.bool, 0)
    static let null = Cell(.null)

    static func bool(_ value: Bool) -> Cell { value ? yes : no }
    static func int(_ value: Int64) -> Cell { Cell(.int, UInt64(bitPattern: value)) }
    static func uint(_ value: UInt64) -> Cell { Cell(.uint, value) }
    static func double(_ value: Double) -> Cell { Cell(.double, value.bitPattern) }
    static func error(_ error: EvaluationError) -> Cell { Cell(.error, UInt64(error.rawValue)) }

    /// What an error cell says.
    var evaluationError: EvaluationError {
        EvaluationError(rawValue: UInt8(truncatingIfNeeded: bits)) ?? .noSuchOverload
    }

    /// The same error with the instruction that it came from, unless it has one.
    func stamped(_ instruction: Int) -> Cell {
        extra == 0 ? Cell(.error, bits, extra: UInt32(truncatingIfNeeded: instruction)) : self
    }
    static func instant(_ tag: CellTag, _ seconds: Int64, _ nanoseconds: Int32) -> Cell {
        Cell(tag, UInt64(bitPattern: seconds), extra: UInt32(bitPattern: nanoseconds))
    }

    var int: Int64 { Int64(bitPattern: bits) }
    var double: Double { Double(bitPattern: bits) }
    var nanoseconds: Int32 { Int32(bitPattern: extra) }
    var isError: Bool { UInt8(truncatingIfNeeded: meta) == CellTag.error.rawValue }
    /// 1 true, 0 false, nil anything else.
    var truth: Bool? { UInt8(truncatingIfNeeded: meta) == CellTag.bool.rawValue ? bits != 0 : nil }
}

/// Why an evaluation has no value.
package enum EvaluationError: UInt8, Error, Sendable, CustomStringConvertible {
    case noSuchOverload = 1, divideByZero, overflow, noSuchKey, indexOutOfRange, conversion
    case repeatedKey, unsupportedKey, badPattern, badZone, cost, unknownName, absent

    /// A word for decisions and counters.
    package var code: String {
        switch self {
        case .noSuchOverload: "no_such_overload"
        case .divideByZero: "division_by_zero"
        case .overflow: "overflow"
        case .noSuchKey: "no_such_key"
        case .indexOutOfRange: "index_out_of_range"
        case .conversion: "conversion"
        case .repeatedKey: "repeated_key"
        case .unsupportedKey: "unsupported_key"
        case .badPattern: "bad_pattern"
        case .badZone: "bad_time_zone"
        case .cost: "cost_limit"
        case .unknownName: "unknown_name"
        case .absent: "absent_field"
        }
    }

    package var description: String {
        switch self {
        case .noSuchOverload: "The operation does not exist for these types."
        case .divideByZero: "Division by zero."
        case .overflow: "The result is out of range."
        case .noSuchKey: "The map has no such key; guard it with has()."
        case .indexOutOfRange: "The list has no such element."
        case .conversion: "The value cannot be converted."
        case .repeatedKey: "A map has a key twice."
        case .unsupportedKey: "This cannot be the key of a map."
        case .badPattern: "The pattern of matches() is not RE2 syntax."
        case .badZone: "There is no such time zone."
        case .cost: "The expression costs more than is allowed."
        case .unknownName: "The name is not known."
        case .absent: "The document does not have this field; guard it with has()."
        }
    }
}
