/// One JSON object on one line, written by hand so that a log line needs no encoder.
package struct JSONLine: Sendable {
    private var text = "{"

    /// An object without members.
    package init() {}

    /// The object, closed.
    package var closed: String { text + "}" }

    /// Adds a text.
    package mutating func add(_ key: String, _ value: String) {
        name(key)
        Self.quote(value, into: &text)
    }
    /// Adds a whole number.
    package mutating func add(_ key: String, _ value: Int) {
        name(key)
        text += String(value)
    }
    /// Adds a truth.
    package mutating func add(_ key: String, _ value: Bool) {
        name(key)
        text += value ? "true" : "false"
    }

    private mutating func name(_ key: String) {
        if text.utf8.count > 1 { text += "," }
        Self.quote(key, into: &text)
        text += ":"
    }

    /// RFC 8259 section 7: quotes, backslashes and control characters are escaped, everything else stays.
    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
