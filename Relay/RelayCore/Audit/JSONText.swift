/// JSON of plain texts without an encoder: to set one up costs more than an entry of the audit log.
enum JSONText {
    /// A text between quotation marks (RFC 8259 section 7).
    static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: isEscaped) else { return "\"\(text)\"" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            guard scalar.isASCII, isEscaped(UInt8(truncatingIfNeeded: scalar.value)) else {
                quoted.unicodeScalars.append(scalar)
                continue
            }
            if scalar == "\"" || scalar == "\\" {
                quoted += "\\\(scalar)"
            } else {
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return quoted + "\""
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
