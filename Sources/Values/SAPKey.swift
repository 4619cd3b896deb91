/// A key as SAP's ALPHA conversion sees it: `4711` and `0000004711` are the same vendor.
///
/// A key of digits alone has leading zeros inside SAP and none on the screen; any other key is left as it is
/// (facts/rules.md section 5). Equality and hash go by the stripped form.
package struct SAPKey: Hashable, Sendable, CustomStringConvertible {
    /// The key without leading zeros where it is all digits, as screens show it; all zeros become `0`.
    package let stripped: String

    /// The key that `text` names, with or without leading zeros; blanks around it are not part of it.
    package init(_ text: some StringProtocol) {
        let blank = UInt8(ascii: " ")
        var view = Substring(text).utf8.drop { $0 == blank }
        while view.last == blank { view.removeLast() }
        if !view.isEmpty, Self.isNumeric(view) {
            view = view.drop { $0 == UInt8(ascii: "0") }
            stripped = view.isEmpty ? "0" : String(Substring(view))
        } else {
            stripped = String(Substring(view))
        }
    }

    /// The key as SAP stores it in a field of `length` characters: digits get leading zeros, others stay.
    package func padded(to length: Int) -> String {
        let count = stripped.utf8.count
        guard count < length, !stripped.isEmpty, Self.isNumeric(stripped.utf8) else { return stripped }
        return String(repeating: "0", count: length - count) + stripped
    }

    package static func == (a: SAPKey, b: SAPKey) -> Bool {
        a.stripped.utf8.elementsEqual(b.stripped.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in stripped.utf8 { hasher.combine(byte) }
    }

    package var description: String { stripped }

    private static func isNumeric(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
}
