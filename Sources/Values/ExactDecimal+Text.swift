extension ExactDecimal: CustomStringConvertible {
    /// Reads a plain decimal number: an optional sign, digits, and at most one point between digits.
    ///
    /// Nothing else is taken: no exponent, no blanks, no grouping, no bare point. The scale is what was written.
    public init(parsing text: some StringProtocol) throws(DecimalError) {
        try self.init(digits: Substring(text).utf8, trailingSign: false)
    }

    /// Reads a number as SAP writes it into character fields: blanks around it, the sign in front or behind.
    ///
    /// `      1250.00-` is −1250.00. An all-blank field is malformed: absence is the caller's to tell.
    public init(parsingSAP text: some StringProtocol) throws(DecimalError) {
        let blank = UInt8(ascii: " ")
        var view = Substring(text).utf8
        view = view.drop { $0 == blank }
        while view.last == blank { view.removeLast() }
        try self.init(digits: view, trailingSign: true)
    }

    private init(
        digits view: Substring.UTF8View, trailingSign: Bool,
    ) throws(DecimalError) {
        var rest = view[...]
        var negative = false
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            negative = first == UInt8(ascii: "-")
            rest = rest.dropFirst()
        } else if trailingSign, let last = rest.last, last == UInt8(ascii: "-") || last == UInt8(ascii: "+") {
            negative = last == UInt8(ascii: "-")
            rest = rest.dropLast()
        }
        var coefficient: Int128 = 0
        var whole = 0
        var fraction: Int?
        for byte in rest {
            if byte == UInt8(ascii: "."), fraction == nil, whole > 0 {
                fraction = 0
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .malformed }
            if let count = fraction { fraction = count + 1 } else { whole += 1 }
            guard coefficient < Self.power(Self.greatestPrecision - 1) else { throw .overflow }
            coefficient = coefficient * 10 + Int128(byte - UInt8(ascii: "0"))
        }
        guard whole > 0, fraction != 0 else { throw .malformed }
        guard fraction ?? 0 <= Int(Self.greatestScale) else { throw .scaleTooLarge }
        self.init(unchecked: negative ? -coefficient : coefficient, scale: UInt8(fraction ?? 0))
    }

    /// The number with as many digits after the point as its scale says, for example `-1250.00`.
    public var description: String {
        var digits = String(unscaled.magnitude)
        if scale > 0 {
            let missing = Int(scale) + 1 - digits.utf8.count
            if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -Int(scale)))
        }
        return unscaled < 0 ? "-" + digits : digits
    }
}

extension ExactDecimal {
    /// Reads the wire's form of a coefficient too wide for 64 bits: two's complement, most significant byte first.
    ///
    /// `nil` if there are no bytes, more than 16, or more than 38 digits, or if `scale` is above 18.
    public init?(twosComplement bytes: some Collection<UInt8>, scale: Int) {
        guard let first = bytes.first, bytes.count <= 16 else { return nil }
        var value: Int128 = first >= 0x80 ? -1 : 0
        for byte in bytes { value = value << 8 | Int128(byte) }
        self.init(unscaled: value, scale: scale)
    }

    /// The coefficient as the shortest two's complement, most significant byte first: the wire's form past 64 bits.
    public var twosComplementBytes: [UInt8] {
        var bytes: [UInt8] = []
        var rest = unscaled
        while true {
            let byte = UInt8(truncatingIfNeeded: rest)
            bytes.append(byte)
            rest >>= 8
            if rest == (byte >= 0x80 ? -1 : 0) { break }
        }
        return bytes.reversed()
    }
}
