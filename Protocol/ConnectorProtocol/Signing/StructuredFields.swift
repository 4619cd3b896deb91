internal import Cryptography

/// The part of structured fields (RFC 8941) that signatures and digests use, read strictly.
enum StructuredFields {
    enum Item: Equatable {
        case integer(Int64)
        case string(String)
        case token(String)
        case bytes([UInt8])
        case boolean(Bool)
    }

    struct Parameter: Equatable {
        var key: String
        var value: Item
    }

    enum Value: Equatable {
        case item(Item)
        case list([Item], [Parameter])
    }

    struct Member: Equatable {
        var key: String
        var value: Value
    }

    struct Malformed: Error {}

    static func dictionary(_ text: String) throws(Malformed) -> [Member] {
        var reader = StructuredFieldReader(text)
        return try reader.dictionary()
    }

    /// The one serialisation of an item (RFC 8941 section 4.1).
    static func text(_ item: Item) -> String {
        switch item {
        case .integer(let number): String(number)
        case .token(let token): token
        case .bytes(let bytes): ":" + Base64.encode(bytes) + ":"
        case .boolean(let value): value ? "?1" : "?0"
        case .string(let string):
            "\"" + string.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
        }
    }

    /// The one serialisation of an inner list with its parameters.
    static func text(_ items: [Item], _ parameters: [Parameter]) -> String {
        "(" + items.map(text).joined(separator: " ") + ")"
            + parameters.map { ";" + $0.key + "=" + text($0.value) }.joined()
    }
}

/// Reads one field's value from its first byte to its last.
struct StructuredFieldReader {
    private typealias Malformed = StructuredFields.Malformed
    /// Members of a dictionary, items of a list, parameters: anybody may send a header, and each name is compared
    /// with all before it.
    private static let countLimit = 64
    private let text: [UInt8]
    private var position = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skip(_ byte: Character) -> Bool {
        guard let next, Character(UnicodeScalar(next)) == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() { while next == 0x20 { position += 1 } }

    mutating func dictionary() throws(StructuredFields.Malformed) -> [StructuredFields.Member] {
        var members: [StructuredFields.Member] = []
        skipBlanks()
        while true {
            let key = try key()
            guard members.count < Self.countLimit, !members.contains(where: { $0.key == key }) else {
                throw Malformed()
            }
            guard skip("=") else { throw Malformed() }
            members.append(.init(key: key, value: try value()))
            skipBlanks()
            guard next != nil else { return members }
            guard skip(",") else { throw Malformed() }
            skipBlanks()
        }
    }

    private mutating func value() throws(StructuredFields.Malformed) -> StructuredFields.Value {
        guard skip("(") else {
            let item = try item()
            _ = try parameters()
            return .item(item)
        }
        var items: [StructuredFields.Item] = []
        while true {
            skipBlanks()
            if skip(")") { break }
            items.append(try item())
            guard items.count <= Self.countLimit, next == 0x20 || next == UInt8(ascii: ")") else {
                throw Malformed()
            }
        }
        return .list(items, try parameters())
    }

    private mutating func parameters() throws(StructuredFields.Malformed) -> [StructuredFields.Parameter] {
        var parameters: [StructuredFields.Parameter] = []
        while skip(";") {
            skipBlanks()
            let key = try key()
            guard parameters.count < Self.countLimit, !parameters.contains(where: { $0.key == key }) else {
                throw Malformed()
            }
            parameters.append(.init(key: key, value: skip("=") ? try item() : .boolean(true)))
        }
        return parameters
    }

    private mutating func key() throws(StructuredFields.Malformed) -> String {
        let start = position
        while let byte = next,
            (97...122).contains(byte) || byte == 0x2A || isKeyTail(byte) && position > start
        {
            position += 1
        }
        guard position > start else { throw Malformed() }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private func isKeyTail(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || byte == 0x5F || byte == 0x2D || byte == 0x2E
    }

    private mutating func item() throws(StructuredFields.Malformed) -> StructuredFields.Item {
        switch next {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: ":"): return .bytes(try bytes())
        case UInt8(ascii: "?"):
            position += 1
            if skip("1") { return .boolean(true) }
            guard skip("0") else { throw Malformed() }
            return .boolean(false)
        case .some(48...57), UInt8(ascii: "-"): return .integer(try integer())
        case .some(65...90), .some(97...122), UInt8(ascii: "*"): return .token(token())
        default: throw Malformed()
        }
    }

    private mutating func string() throws(StructuredFields.Malformed) -> String {
        position += 1
        var bytes: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = next, escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\")
                else {
                    throw Malformed()
                }
                bytes.append(escaped)
                position += 1
            case 0x20...0x7E: bytes.append(byte)
            default: throw Malformed()
            }
        }
        throw Malformed()
    }

    private mutating func bytes() throws(StructuredFields.Malformed) -> [UInt8] {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: ":") { position += byte < 128 ? 1 : text.count }
        guard position < text.count,
            let bytes = Base64.decode(String(decoding: text[start..<position], as: UTF8.self))
        else { throw Malformed() }
        position += 1
        return bytes
    }

    private mutating func integer() throws(StructuredFields.Malformed) -> Int64 {
        let start = position
        _ = skip("-")
        while let byte = next, (48...57).contains(byte) { position += 1 }
        guard position - start <= 16, next != UInt8(ascii: "."),
            let value = Int64(String(decoding: text[start..<position], as: UTF8.self))
        else { throw Malformed() }
        return value
    }

    private mutating func token() -> String {
        let start = position
        while let byte = next,
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "!#$%&'*+-.^_`|~:/".utf8.contains(byte)
        {
            position += 1
        }
        return String(decoding: text[start..<position], as: UTF8.self)
    }
}
