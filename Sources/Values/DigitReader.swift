/// Reads fixed-width numbers and separators from the front of a text.
struct DigitReader<Bytes: Collection<UInt8>> {
    private var rest: Bytes.SubSequence

    init(_ bytes: Bytes) { rest = bytes[...] }

    var atEnd: Bool { rest.isEmpty }

    /// The number that the next `width` digits make; `nil` if there are fewer or others among them.
    mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                return nil
            }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            rest = rest.dropFirst()
        }
        return value
    }

    /// Takes `separator` if it is next.
    mutating func skip(_ separator: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == separator.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// One to nine digits after a point, as nanoseconds.
    mutating func fraction() -> Int32? {
        var value: Int32 = 0
        var width = 0
        while let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            guard width < 9 else { return nil }
            value = value * 10 + Int32(byte - UInt8(ascii: "0"))
            width += 1
            rest = rest.dropFirst()
        }
        guard width > 0 else { return nil }
        for _ in width..<9 { value *= 10 }
        return value
    }
}

/// A number that is not negative, with leading zeros up to `width` digits.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
