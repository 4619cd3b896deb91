// Public and frozen because the rule evaluator compares amounts in its inner loop, and `package` access is never
// inlined across modules.
/// An exact decimal number: a whole coefficient of at most 38 digits and a scale of 0 to 18 digits after the point.
///
/// No operation rounds unless its name says so: what does not fit is an error (facts/rules.md section 5).
/// Equality, order and hash go by the number, so 1.0 equals 1.00; `description` keeps the scale it was given.
@frozen
public struct ExactDecimal: BitwiseCopyable, Sendable {
    /// The number without its point: 12.50 is 1250 at scale 2.
    public let unscaled: Int128
    /// Digits after the point, 0 to 18.
    public let scale: UInt8

    /// The largest scale a number can have.
    public static let greatestScale: UInt8 = 18
    /// Digits a coefficient can have: those of SAP's widest packed number, and of what the wire carries.
    public static let greatestPrecision = 38
    /// Zero at scale 0.
    public static let zero = ExactDecimal(0)
    /// 10 to the power of 38: the first magnitude a coefficient cannot have.
    @usableFromInline static let bound = Int128(10_000_000_000_000_000_000) * 10_000_000_000_000_000_000

    @inlinable
    init(unchecked unscaled: Int128, scale: UInt8) {
        self.unscaled = unscaled
        self.scale = scale
    }

    /// A whole number, at scale 0.
    @inlinable
    public init(_ whole: Int64) {
        self.init(unchecked: Int128(whole), scale: 0)
    }

    /// A whole number from the upper half of the unsigned range too, at scale 0.
    @inlinable
    public init(unsigned whole: UInt64) {
        self.init(unchecked: Int128(whole), scale: 0)
    }

    /// The number `unscaled` × 10^−`scale`; `nil` with more than 38 digits or a scale above 18.
    @inlinable
    public init?(unscaled: Int128, scale: Int) {
        guard scale >= 0, scale <= 18, unscaled < Self.bound, unscaled > -Self.bound else { return nil }
        self.init(unchecked: unscaled, scale: UInt8(truncatingIfNeeded: scale))
    }

    /// Whether the number is zero.
    @inlinable public var isZero: Bool { unscaled == 0 }
    /// −1, 0 or 1.
    @inlinable public var sign: Int { unscaled == 0 ? 0 : unscaled < 0 ? -1 : 1 }
    /// The coefficient where 64 bits hold it, as the wire and the evaluator's cells carry it.
    @inlinable public var unscaled64: Int64? { Int64(exactly: unscaled) }

    /// The same number at its smallest scale: the one canonical form.
    public var normalized: ExactDecimal {
        var coefficient = unscaled
        var digits = scale
        while digits > 0 {
            let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { break }
            coefficient = quotient
            digits -= 1
        }
        return ExactDecimal(unchecked: coefficient, scale: digits)
    }

    /// 10 to the power of `exponent`, which must be 0 to 38.
    @usableFromInline
    static func power(_ exponent: Int) -> Int128 {
        var result: Int128 = 1
        for _ in 0..<exponent { result &*= 10 }
        return result
    }
}

/// What went wrong with a decimal number.
public enum DecimalError: Error, Equatable, Sendable {
    /// The text is not a decimal number in the form asked for.
    case malformed
    /// More than 38 digits, before or after the operation.
    case overflow
    /// More than 18 digits after the point would be needed.
    case scaleTooLarge
    /// Fewer digits after the point were asked for than the number has.
    case inexact
    /// Division by zero.
    case divisionByZero
}

extension ExactDecimal: Equatable, Hashable, Comparable {
    /// Whether the two are the same number, whatever their scales.
    @inlinable
    public static func == (a: ExactDecimal, b: ExactDecimal) -> Bool {
        a.scale == b.scale ? a.unscaled == b.unscaled : a.compareScaled(to: b) == 0
    }

    /// Whether `a` comes before `b`.
    @inlinable
    public static func < (a: ExactDecimal, b: ExactDecimal) -> Bool {
        a.scale == b.scale ? a.unscaled < b.unscaled : a.compareScaled(to: b) < 0
    }

    /// Hashes the number, whatever its scale.
    public func hash(into hasher: inout Hasher) {
        let form = normalized
        hasher.combine(form.unscaled)
        hasher.combine(form.scale)
    }

    /// −1, 0 or 1 for numbers of any two scales: whole parts first, then fractions, so that nothing can overflow.
    @usableFromInline
    func compareScaled(to other: ExactDecimal) -> Int {
        let mine = unscaled.quotientAndRemainder(dividingBy: Self.power(Int(scale)))
        let theirs = other.unscaled.quotientAndRemainder(dividingBy: Self.power(Int(other.scale)))
        if mine.quotient != theirs.quotient { return mine.quotient < theirs.quotient ? -1 : 1 }
        let digits = max(scale, other.scale)
        let left = mine.remainder * Self.power(Int(digits - scale))
        let right = theirs.remainder * Self.power(Int(digits - other.scale))
        return left == right ? 0 : left < right ? -1 : 1
    }
}
