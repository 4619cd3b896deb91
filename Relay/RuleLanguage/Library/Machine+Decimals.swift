internal import Values

/// What decimals, days and keys can do beyond the operators (facts/rules.md section 5).
extension Machine {
    /// `div(a, b, scale)`, the half away from zero.
    mutating func divided(_ dividend: Cell, _ divisor: Cell, scale: Cell) -> Cell {
        guard let a = exact(dividend), let b = exact(divisor), let digits = digits(scale) else {
            return .error(.noSuchOverload)
        }
        return decimal { () throws(DecimalError) in try a.divided(by: b, scale: digits) }
    }

    /// `x.round(scale)` and `x.floor(scale)`.
    mutating func rounded(_ value: Cell, _ scale: Cell, _ rounding: DecimalRounding) -> Cell {
        guard let number = exact(value), let digits = digits(scale) else { return .error(.noSuchOverload) }
        return decimal { () throws(DecimalError) in try number.rounded(to: digits, rounding) }
    }

    mutating func absolute(_ value: Cell) -> Cell {
        switch value.tag {
        case .decimal: return decimal(decimal(of: value).absolute)
        case .double: return .double(value.double.magnitude)
        case .int: return value.int == .min ? .error(.overflow) : .int(abs(value.int))
        default: return .error(.noSuchOverload)
        }
    }

    /// `days(3)` as a duration.
    func days(_ value: Cell) -> Cell {
        value.tag == .int ? duration(Int128(value.int) * 86_400_000_000_000) : .error(.noSuchOverload)
    }

    /// A text as SAP's ALPHA conversion shows it: digits alone lose their leading zeros.
    func key(_ value: Cell) -> Cell {
        guard value.tag == .string else { return .error(.noSuchOverload) }
        return keyRange(value.first, value.count)
    }

    /// The key that these bytes of the text arena stand for.
    func keyRange(_ first: Int, _ count: Int) -> Cell {
        var (start, end) = (first, first + count)
        let blank = UInt8(ascii: " ")
        while start < end, text[start] == blank { start += 1 }
        while end > start, text[end - 1] == blank { end -= 1 }
        var lead = start
        var isNumber = start < end
        var at = start
        while at < end, isNumber {
            isNumber = text[at] &- UInt8(ascii: "0") < 10
            if lead == at, text[at] == UInt8(ascii: "0"), at < end - 1 { lead += 1 }
            at += 1
        }
        if isNumber { start = lead }
        return Cell(.string, UInt64(start) << 32 | UInt64(end - start))
    }

    private func digits(_ scale: Cell) -> Int? { scale.tag == .int ? Int(clamping: scale.int) : nil }

    private mutating func decimal(_ body: () throws(DecimalError) -> ExactDecimal) -> Cell {
        do throws(DecimalError) {
            return decimal(try body())
        } catch {
            return .error(error == .divisionByZero ? .divideByZero : .overflow)
        }
    }
}
