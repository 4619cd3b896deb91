/// Reads tags, varints and parts of protobuf's wire format from one stretch of an array.
struct WireCursor {
    private let bytes: [UInt8]
    private(set) var at: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        at = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { at >= end }

    mutating func varint() throws(EventDecodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < end, shift < 64 {
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 127) << shift
            if byte < 128 { return value }
            shift += 7
        }
        throw .malformed
    }

    mutating func tag() throws(EventDecodingError) -> (number: UInt32, type: Int) {
        let raw = try varint()
        guard let number = UInt32(exactly: raw >> 3), number > 0 else { throw .malformed }
        return (number, Int(raw & 7))
    }

    /// Where the next length-delimited part lies.
    mutating func part() throws(EventDecodingError) -> Range<Int> {
        let count = try varint()
        guard count <= UInt64(end - at) else { throw .malformed }
        let start = at
        at += Int(count)
        return start..<at
    }

    mutating func skip(_ type: Int) throws(EventDecodingError) {
        switch type {
        case 0: _ = try varint()
        case 2: _ = try part()
        case 1, 5:
            let count = type == 1 ? 8 : 4
            guard end - at >= count else { throw .malformed }
            at += count
        default: throw .malformed
        }
    }
}
