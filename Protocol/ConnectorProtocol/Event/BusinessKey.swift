/// Writes the canonical key of a document: what it is, its key, and its creation stamp, all from the one row that
/// owns it (DESIGN.md 4.2).
///
/// The form is `object:key/key@stamp/stamp`. In each part `%`, `/`, `:`, `@` and bytes outside 0x21 to 0x7E are
/// written as `%` and two upper-case hexadecimal digits, so that no two documents can have one text.
package enum BusinessKey {
    /// The key of one document or master.
    /// - Parameters:
    ///   - object: the kind of document, `purchase_order` for example.
    ///   - key: fields of its key as SAP stores them, leading zeros included.
    ///   - creation: date and time in SAP's digits, or what stands in for a missing time; empty for masters.
    package static func text(object: String, key: [String], creation: [String] = []) -> String {
        let start = escaped(object) + ":" + key.map(escaped).joined(separator: "/")
        return creation.isEmpty ? start : start + "@" + creation.map(escaped).joined(separator: "/")
    }

    /// The one key field in a business key, as SAP stores it: of a master, whose key is one field.
    /// - Returns: nil where it is no business key, or its key has several fields.
    package static func key(of text: String) -> String? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let part = text[text.index(after: colon)...].prefix { $0 != "@" }
        guard !part.isEmpty, !part.contains("/") else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(part.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escaped(_ part: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"), 0...0x20,
                0x7F...:
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
