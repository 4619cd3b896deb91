/// SAP's language keys of one letter, and ISO 639 (SAP's table T002).
enum SAPLanguage {
    private static let codes: [String: String] = [
        "0": "sr", "1": "zh", "2": "th", "3": "ko", "4": "ro", "5": "sl", "6": "hr", "7": "ms", "8": "uk",
        "9": "et", "A": "ar", "B": "he", "C": "cs", "D": "de", "E": "en", "F": "fr", "G": "el", "H": "hu",
        "I": "it", "J": "ja", "K": "da", "L": "pl", "M": "zh", "N": "nl", "O": "no", "P": "pt", "Q": "sk",
        "R": "ru", "S": "es", "T": "tr", "U": "fi", "V": "sv", "W": "bg", "X": "lt", "Y": "lv", "a": "af",
        "b": "is", "c": "ca", "d": "sh", "i": "id",
    ]

    /// `de` for `D`; what is no key of SAP's stays as it is.
    static func code(_ key: String) -> String { codes[key] ?? key }
}
