/// Cuts an expression into tokens (CEL specification, "Syntax").
struct Lexer {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var lineStart = 0
    private var counted = (at: 0, column: 1)

    init(_ source: String) { bytes = Array(source.utf8) }

    static func tokens(_ source: String) throws(Diagnostic) -> [(token: Token, place: SourcePlace)] {
        var lexer = Lexer(source)
        var tokens: [(Token, SourcePlace)] = []
        while true {
            lexer.skipBlanks()
            let place = lexer.place
            let token = try lexer.next()
            tokens.append((token, place))
            if token == .end { return tokens }
        }
    }

    /// The present place.
    ///
    /// Columns are counted on from the last place, so that a long line costs each byte once.
    private var place: SourcePlace {
        mutating get {
            let end = min(at, bytes.count)
            if counted.at < lineStart { counted = (lineStart, 1) }
            for byte in bytes[counted.at..<max(end, counted.at)] where byte & 0xC0 != 0x80 {
                counted.column += 1
            }
            counted.at = max(end, counted.at)
            return SourcePlace(line: line, column: counted.column)
        }
    }

    private mutating func fail(_ problem: String) -> Diagnostic { Diagnostic(place: place, problem: problem) }

    private func peek(_ ahead: Int = 0) -> UInt8 { at + ahead < bytes.count ? bytes[at + ahead] : 0 }

    private mutating func newline() {
        line += 1
        lineStart = at
    }

    private mutating func skipBlanks() {
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\n"):
                at += 1
                newline()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0C: at += 1
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
            default: return
            }
        }
    }

    private mutating func next() throws(Diagnostic) -> Token {
        guard at < bytes.count else { return .end }
        let byte = bytes[at]
        if Self.isLetter(byte) {
            if let literal = try prefixedText() { return literal }
            let start = at
            while Self.isLetter(peek()) || Self.isDigit(peek()) { at += 1 }
            return .identifier(String(decoding: bytes[start..<at], as: UTF8.self))
        }
        if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && Self.isDigit(peek(1))) { return try number() }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            return .string(try text(raw: false, asBytes: false))
        }
        if byte == UInt8(ascii: "`") { return try quotedName() }
        for symbol in ["&&", "||", "==", "!=", "<=", ">="]
        where bytes[at...].starts(with: symbol.utf8) {
            at += 2
            return .symbol(symbol)
        }
        guard "()[]{}.,:?!<>+-*/%".utf8.contains(byte) else {
            throw fail("this character is not expected here")
        }
        at += 1
        return .symbol(String(UnicodeScalar(byte)))
    }

    private mutating func quotedName() throws(Diagnostic) -> Token {
        let start = at + 1
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "`"), bytes[at] != UInt8(ascii: "\n") { at += 1 }
        guard peek() == UInt8(ascii: "`"), at > start else {
            throw fail("a name in back-quotes is not closed")
        }
        at += 1
        return .quoted(String(decoding: bytes[start..<(at - 1)], as: UTF8.self))
    }

    // MARK: Numbers

    private mutating func number() throws(Diagnostic) -> Token {
        let start = at
        if peek() == UInt8(ascii: "0"), peek(1) | 0x20 == UInt8(ascii: "x") {
            at += 2
            let digits = at
            while Self.isHexadecimal(peek()) { at += 1 }
            return try whole(String(decoding: bytes[digits..<at], as: UTF8.self), radix: 16)
        }
        while Self.isDigit(peek()) { at += 1 }
        var isDouble = false
        if peek() == UInt8(ascii: "."), Self.isDigit(peek(1)) {
            isDouble = true
            at += 1
            while Self.isDigit(peek()) { at += 1 }
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 1 : 0
            if Self.isDigit(peek(1 + sign)) {
                isDouble = true
                at += 1 + sign
                while Self.isDigit(peek()) { at += 1 }
            }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        guard isDouble else { return try whole(text, radix: 10) }
        let digits = text.hasPrefix(".") ? "0" + text : text
        guard let value = Double(digits), value.isFinite else { throw fail("this number is out of range") }
        return .double(value, digits)
    }

    private mutating func whole(_ digits: String, radix: Int) throws(Diagnostic) -> Token {
        guard let value = UInt64(digits, radix: radix) else {
            throw fail("this whole number is out of range")
        }
        if peek() | 0x20 == UInt8(ascii: "u") {
            at += 1
            return .uint(value)
        }
        guard value <= UInt64(Int64.max) + 1 else { throw fail("this whole number is out of range") }
        return .int(value)
    }

    // MARK: Texts

    private mutating func prefixedText() throws(Diagnostic) -> Token? {
        var raw = false
        var asBytes = false
        var length = 0
        while length < 2 {
            switch peek(length) | 0x20 {
            case UInt8(ascii: "r") where !raw: raw = true
            case UInt8(ascii: "b") where !asBytes: asBytes = true
            default: return nil
            }
            length += 1
            if peek(length) == UInt8(ascii: "\"") || peek(length) == UInt8(ascii: "'") {
                at += length
                let content = try text(raw: raw, asBytes: asBytes)
                return asBytes ? .bytes(content) : .string(content)
            }
        }
        return nil
    }

    private mutating func text(raw: Bool, asBytes: Bool) throws(Diagnostic) -> [UInt8] {
        let quote = peek()
        let long = peek(1) == quote && peek(2) == quote
        at += long ? 3 : 1
        var content: [UInt8] = []
        while true {
            guard at < bytes.count else { throw fail("a text is not closed") }
            let byte = bytes[at]
            if byte == quote, !long || (peek(1) == quote && peek(2) == quote) {
                at += long ? 3 : 1
                return content
            }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                guard long else { throw fail("a text is not closed on its line") }
                at += 1
                content.append(byte)
                if byte == UInt8(ascii: "\n") { newline() }
            } else if byte == UInt8(ascii: "\\"), !raw {
                at += 1
                content += try escape(asBytes: asBytes)
            } else {
                at += 1
                content.append(byte)
            }
        }
    }

    private mutating func escape(asBytes: Bool) throws(Diagnostic) -> [UInt8] {
        let byte = peek()
        at += 1
        switch byte {
        case UInt8(ascii: "a"): return [7]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "v"): return [11]
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "?"):
            return [byte]
        case UInt8(ascii: "x"), UInt8(ascii: "X"): return try code(digits: 2, radix: 16, asBytes: asBytes)
        case UInt8(ascii: "u") where !asBytes: return try code(digits: 4, radix: 16, asBytes: false)
        case UInt8(ascii: "U") where !asBytes: return try code(digits: 8, radix: 16, asBytes: false)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            at -= 1
            return try code(digits: 3, radix: 8, asBytes: asBytes)
        default: throw fail("there is no such escape in a text")
        }
    }

    private mutating func code(digits: Int, radix: Int, asBytes: Bool) throws(Diagnostic) -> [UInt8] {
        // A sign, which the conversion would take, is no digit.
        guard at + digits <= bytes.count, bytes[at..<(at + digits)].allSatisfy(Self.isHexadecimal),
            let value = UInt32(String(decoding: bytes[at..<(at + digits)], as: UTF8.self), radix: radix)
        else { throw fail("an escape has \(digits) digits") }
        at += digits
        if asBytes { return [UInt8(truncatingIfNeeded: value)] }
        // A surrogate is no code point: replacing it in silence would change the text (case C097).
        guard let scalar = UnicodeScalar(value) else { throw fail("this escape is no Unicode code point") }
        return Array(String(Character(scalar)).utf8)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
