package import Values

/// Reads values as SAP writes them into text, the same for table rows and for BAPI answers.
package enum SAPText {
    /// A date of DATS; nil for zeros, blanks and for the partial dates that SAP keeps (month or day 00).
    /// - Throws: `SAPAccessError.value` for anything else that is no day of the calendar.
    package static func date(_ text: some StringProtocol, field: String) throws(SAPAccessError) -> LocalDate?
    {
        if let date = LocalDate(sap: text) { return date }
        if isInitial(text) { return nil }
        let bytes = text.utf8
        let digits = bytes.count == 8 && bytes.allSatisfy { (0x30...0x39).contains($0) }
        if digits, text.dropFirst(4).hasPrefix("00") || text.hasSuffix("00") { return nil }
        throw .value(field: field, text: String(text), expected: "a date")
    }

    /// A time of TIMS; nil for blanks.
    ///
    /// `000000` is midnight, `240000` the end of the day.
    /// - Throws: `SAPAccessError.value`.
    package static func time(_ text: some StringProtocol, field: String) throws(SAPAccessError) -> TimeOfDay?
    {
        if let time = TimeOfDay(sap: text) { return time }
        if text.utf8.allSatisfy({ $0 == 0x20 }) { return nil }
        throw .value(field: field, text: String(text), expected: "a time of day")
    }

    /// A number: blanks around it, the sign in front or behind; blank is zero, as in SAP's initial values.
    /// - Throws: `SAPAccessError.cut` where SAP marks lost digits, `.value` for anything else.
    package static func decimal(
        _ text: some StringProtocol, field: String,
    ) throws(SAPAccessError) -> ExactDecimal {
        do {
            return try ExactDecimal(parsingSAP: text)
        } catch {
            if text.utf8.contains(UInt8(ascii: "*")) { throw .cut(field: field) }
            if text.utf8.allSatisfy({ $0 == 0x20 }) { return .zero }
            throw .value(field: field, text: String(text), expected: "a number")
        }
    }

    private static func isInitial(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { $0 == 0x20 || $0 == 0x30 }
    }
}
