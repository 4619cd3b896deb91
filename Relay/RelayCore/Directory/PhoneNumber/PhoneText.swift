/// A telephone number as it was written, with what people and programs put around it taken off.
struct PhoneText {
    /// With + where it was written so; separators stay for the numbering plan to judge.
    var text: String
    /// ASCII digits alone.
    var digits: String
    /// Whether any letter stands in it.
    let hasLetters: Bool
    /// Whether it begins with +.
    var isInternational: Bool { text.hasPrefix("+") }

    init(_ written: String) {
        var text = ""
        var digits = ""
        var hasLetters = false
        for scalar in written.unicodeScalars {
            if let digit = scalar.properties.numericType == .decimal ? scalar.properties.numericValue : nil {
                let character = String(Int(digit))
                text += character
                digits += character
            } else if scalar.value == 0x2B || scalar.value == 0xFF0B {
                text += "+"
            } else if scalar.properties.isAlphabetic {
                hasLetters = true
            } else if scalar.properties.isWhitespace {
                text += " "
            } else if (0x20..<0x7F).contains(scalar.value) {
                text.unicodeScalars.append(scalar)
            } else if scalar.properties.isDash {
                text += "-"
            }
            // Everything else is a mark that nobody sees (NUL, U+202A and their kind).
        }
        self.text = String(text.drop { $0 == " " })
        self.digits = digits
        self.hasLetters = hasLetters
    }
}

/// Changes of numbering plans that the distributions' libphonenumber is too old for, or too new.
enum PlanCorrection {
    /// The number as it is written today.
    static func apply(to written: PhoneText) throws(PhoneNumberError) -> PhoneText {
        guard written.isInternational else { return written }
        // Benin, 30 November 2024: ten digits beginning with 01 (case C079).
        if written.digits.hasPrefix("229"), written.digits.count == 11 {
            throw .outdated("Benin's numbers begin with +229 01 since 2024.")
        }
        // Mexico, August 2019: no 1 before mobile numbers any more (case C077).
        if written.digits.hasPrefix("521"), written.digits.count == 13 {
            var corrected = written
            corrected.digits = "52" + written.digits.dropFirst(3)
            corrected.text = "+" + corrected.digits
            return corrected
        }
        return written
    }
}
