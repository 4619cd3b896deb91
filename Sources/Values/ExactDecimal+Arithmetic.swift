/// How a digit that has no place is dealt with.
public enum DecimalRounding: Sendable {
    /// To the nearest; a half goes away from zero, as merchants round.
    case halfUp
    /// Towards minus infinity.
    case floor
    /// Towards plus infinity.
    case ceiling
    /// Towards zero.
    case down
}

extension ExactDecimal {
    /// The sum, at the larger of the two scales.
    public func adding(_ other: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        let digits = max(scale, other.scale)
        let left = try rescaled(to: Int(digits))
        let right = try other.rescaled(to: Int(digits))
        return try Self.checked(left.unscaled.addingReportingOverflow(right.unscaled), Int(digits))
    }

    /// The difference, at the larger of the two scales.
    public func subtracting(_ other: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        try adding(other.negated)
    }

    /// The product, exact; trailing zeros are given up where the scale would pass 18.
    public func multiplied(by other: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        let product = unscaled.multipliedReportingOverflow(by: other.unscaled)
        if product.overflow {
            let left = normalized
            let right = other.normalized
            guard left.scale < scale || right.scale < other.scale else { throw .overflow }
            return try left.multiplied(by: right)
        }
        var coefficient = product.partialValue
        var digits = Int(scale) + Int(other.scale)
        while digits > Int(Self.greatestScale) || coefficient.magnitude >= Self.bound.magnitude {
            let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: 10)
            guard digits > 0, remainder == 0 else {
                throw digits > Int(Self.greatestScale) ? .scaleTooLarge : .overflow
            }
            coefficient = quotient
            digits -= 1
        }
        return ExactDecimal(unchecked: coefficient, scale: UInt8(digits))
    }

    /// The quotient with `scale` digits after the point.
    public func divided(
        by other: ExactDecimal, scale digits: Int, rounding: DecimalRounding = .halfUp,
    ) throws(DecimalError) -> ExactDecimal {
        guard !other.isZero else { throw .divisionByZero }
        guard digits >= 0, digits <= Int(Self.greatestScale) else { throw .scaleTooLarge }
        let shift = digits + Int(other.scale) - Int(scale)
        var (high, low) = unscaled.magnitude.multipliedFullWidth(by: Self.power(max(shift, 0)).magnitude)
        var divisor = other.unscaled.magnitude
        if shift < 0 {
            let wider = divisor.multipliedReportingOverflow(by: Self.power(-shift).magnitude)
            // Past 2^128 the quotient of any 38-digit number is below a third: what the largest divisor gives too.
            divisor = wider.overflow ? UInt128.max : wider.partialValue
        }
        guard high < divisor else { throw .overflow }
        let (quotient, remainder) = divisor.dividingFullWidth((high, low))
        (high, low) = (0, quotient)
        let negative = (unscaled < 0) != (other.unscaled < 0)
        if Self.carries(remainder, of: divisor, negative: negative, rounding) {
            low += low == UInt128.max ? 0 : 1
        }
        guard let magnitude = Int128(exactly: low) else { throw .overflow }
        return try Self.checked((negative ? -magnitude : magnitude, false), digits)
    }

    /// The number with at most `scale` digits after the point.
    public func rounded(
        to digits: Int, _ rounding: DecimalRounding = .halfUp,
    ) throws(DecimalError) -> ExactDecimal {
        digits >= Int(scale)
            ? self : try divided(by: ExactDecimal(Int64(1)), scale: digits, rounding: rounding)
    }

    /// The same number with exactly `digits` digits after the point; an error if that would lose a digit.
    public func rescaled(to digits: Int) throws(DecimalError) -> ExactDecimal {
        guard digits >= 0, digits <= Int(Self.greatestScale) else { throw .scaleTooLarge }
        if digits == Int(scale) { return self }
        if digits > Int(scale) {
            let factor = Self.power(digits - Int(scale))
            return try Self.checked(unscaled.multipliedReportingOverflow(by: factor), digits)
        }
        let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: Self.power(Int(scale) - digits))
        guard remainder == 0 else { throw .inexact }
        return ExactDecimal(unchecked: quotient, scale: UInt8(digits))
    }

    /// The number with its sign turned round.
    public var negated: ExactDecimal { ExactDecimal(unchecked: -unscaled, scale: scale) }
    /// The number without its sign.
    public var absolute: ExactDecimal { unscaled < 0 ? negated : self }

    private static func checked(
        _ result: (partialValue: Int128, overflow: Bool), _ digits: Int,
    ) throws(DecimalError) -> ExactDecimal {
        guard !result.overflow, let value = ExactDecimal(unscaled: result.partialValue, scale: digits) else {
            throw .overflow
        }
        return value
    }

    private static func carries(
        _ remainder: UInt128, of divisor: UInt128, negative: Bool, _ rounding: DecimalRounding,
    ) -> Bool {
        guard remainder != 0 else { return false }
        return switch rounding {
        case .halfUp: remainder >= divisor - remainder
        case .floor: negative
        case .ceiling: !negative
        case .down: false
        }
    }
}
