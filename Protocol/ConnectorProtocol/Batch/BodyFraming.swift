/// The parts of a batch's body, each behind its length as a varint (LEB128, at most ten bytes).
enum BodyFraming {
    static func append(_ part: [UInt8], to body: inout [UInt8]) {
        appendVarint(UInt64(part.count), to: &body)
        body.append(contentsOf: part)
    }

    static func appendVarint(_ value: UInt64, to body: inout [UInt8]) {
        var rest = value
        while rest > 127 {
            body.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        body.append(UInt8(rest))
    }
}

/// Reads parts from a body that is already in memory and bounded.
struct BodyReader {
    private let body: [UInt8]
    private var position = 0

    init(_ body: [UInt8]) { self.body = body }

    var isAtEnd: Bool { position == body.count }

    mutating func part(_ what: String, limit: Int) throws(ProtocolError) -> [UInt8] {
        var length: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < body.count, shift < 35 else { throw .malformed("body: length of \(what)") }
            let byte = body[position]
            position += 1
            length |= UInt64(byte & 127) << shift
            if byte < 128 {
                // A padded length would give one body two forms.
                guard byte != 0 || shift == 0 else { throw .malformed("body: length of \(what)") }
                break
            }
            shift += 7
        }
        guard length <= UInt64(limit) else { throw .tooLarge(what: what, limit: limit) }
        guard Int(length) <= body.count - position else { throw .malformed("body: end of \(what)") }
        defer { position += Int(length) }
        return Array(body[position..<(position + Int(length))])
    }
}
