/// How an SMS text is counted and split (facts/twilio.md section 2).
package struct MessageSegments: Equatable, Sendable {
    /// The alphabet of a whole text.
    package enum Encoding: String, Sendable {
        /// 7 bits a unit, 160 units alone or 153 in each part.
        case gsm7 = "GSM-7"
        /// 16 bits a unit, 70 units alone or 67 in each part.
        case ucs2 = "UCS-2"

        fileprivate var single: Int { self == .gsm7 ? 160 : 70 }
        fileprivate var perPart: Int { self == .gsm7 ? 153 : 67 }
    }

    /// UCS-2 as soon as one character is outside GSM 03.38.
    package let encoding: Encoding
    /// Septets or 16-bit units.
    package let units: Int
    /// What the provider bills; 0 for an empty text.
    package let parts: Int

    private static let basic: Set<Unicode.Scalar> = Set(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
            + "¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
    private static let escaped: Set<Unicode.Scalar> = Set("€[]{}\\~^|\u{0C}".unicodeScalars)

    /// Counts `text`.
    package init(_ text: String) {
        let encoding = Self.encoding(of: text)
        let widths = text.unicodeScalars.map { Self.width($0, encoding) }
        self.encoding = encoding
        units = widths.reduce(0, +)
        if units <= encoding.single {
            parts = units == 0 ? 0 : 1
            return
        }
        var parts = 1
        var used = 0
        for width in widths {
            // Neither an escaped character nor a surrogate pair may straddle two parts.
            if used + width > encoding.perPart {
                parts += 1
                used = 0
            }
            used += width
        }
        self.parts = parts
    }

    /// The longest text that Twilio takes, whatever its parts (21617): in 16-bit units, the strictest way to count.
    package static let textLimit = 1_600

    /// Cuts `text` to what Twilio takes, and to at most `limit` parts where there is a limit, at a whole character;
    /// marks the cut with three full stops.
    /// - Parameter limit: 1 or more.
    package static func cut(_ text: String, toParts limit: Int? = nil) -> String {
        func fits(_ text: String) -> Bool {
            text.utf16.count <= textLimit && limit.map { MessageSegments(text).parts <= $0 } ?? true
        }
        guard !fits(text) else { return text }
        let mark = "..."
        var characters = Array(text)
        // Halving finds the longest beginning that fits: a longer one never needs fewer parts.
        var low = 0
        var high = min(characters.count, textLimit)
        while low < high {
            let middle = (low + high + 1) / 2
            if fits(String(characters[..<middle]) + mark) { low = middle } else { high = middle - 1 }
        }
        characters.removeSubrange(low...)
        return String(characters) + mark
    }

    private static func encoding(of text: String) -> Encoding {
        text.unicodeScalars.allSatisfy { basic.contains($0) || escaped.contains($0) } ? .gsm7 : .ucs2
    }

    private static func width(_ scalar: Unicode.Scalar, _ encoding: Encoding) -> Int {
        switch encoding {
        case .gsm7: escaped.contains(scalar) ? 2 : 1
        case .ucs2: scalar.value > 0xFFFF ? 2 : 1
        }
    }
}
