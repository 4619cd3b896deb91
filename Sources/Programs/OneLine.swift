extension String {
    /// The text with a blank for each control character: what comes from outside must not be able to write a line
    /// of its own, or to speak to the terminal.
    package var onOneLine: String {
        var clean = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            clean.append(isControl || ["\u{2028}", "\u{2029}"].contains(scalar) ? " " : scalar)
        }
        return String(clean)
    }
}
