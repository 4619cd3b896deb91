package import Values

/// One value that goes to a function module or comes from one.
package enum RFCValue: Hashable, Sendable {
    /// CHAR, NUM, STRING and everything that is read as text: DATE, TIME, BCD, DECF, FLOAT, UTCLONG. Trailing
    /// blanks are gone; numbers are exact decimal text.
    case text(String)
    case integer(Int64)
    case bytes([UInt8])
    case record(RFCRecord)
    case table([RFCRecord])
    /// The library could not convert this one field (a packed number with bad digits, text of a broken code
    /// page); the others of the record are good.
    case unreadable(code: Int32)
}

/// A structure, or the parameters of a function, by name.
///
/// Names are upper case, as SAP matches them.
package struct RFCRecord: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var fields: [String: RFCValue]

    package init(_ fields: [String: RFCValue] = [:]) { self.fields = fields }

    package init(dictionaryLiteral elements: (String, RFCValue)...) {
        fields = Dictionary(elements) { $1 }
    }

    package subscript(name: String) -> RFCValue? {
        get { fields[name] }
        set { fields[name] = newValue }
    }

    /// Text of a field; empty where it is blank.
    /// - Throws: `SAPAccessError.missing` or `.value`.
    package func text(_ name: String) throws(SAPAccessError) -> String {
        switch fields[name] {
        case .text(let text): return text
        case .integer(let number): return String(number)
        case .unreadable(let code): throw Self.unreadable(name, code)
        default: throw .missing(field: name)
        }
    }

    /// A date; nil where SAP holds the initial value, as zeros or as blanks (case C003).
    package func date(_ name: String) throws(SAPAccessError) -> LocalDate? {
        try SAPText.date(text(name), field: name)
    }

    /// A time of day; nil where it is blank.
    ///
    /// Zeros are midnight.
    package func time(_ name: String) throws(SAPAccessError) -> TimeOfDay? {
        try SAPText.time(text(name), field: name)
    }

    /// A number, exact.
    package func decimal(_ name: String) throws(SAPAccessError) -> ExactDecimal {
        try SAPText.decimal(text(name), field: name)
    }

    /// A nested structure.
    package func record(_ name: String) throws(SAPAccessError) -> RFCRecord {
        guard case .record(let record) = fields[name] else { throw .missing(field: name) }
        return record
    }

    /// Rows of a table parameter.
    package func table(_ name: String) throws(SAPAccessError) -> [RFCRecord] {
        guard case .table(let rows) = fields[name] else { throw .missing(field: name) }
        return rows
    }

    private static func unreadable(_ name: String, _ code: Int32) -> SAPAccessError {
        .value(field: name, text: RFCReturnCode(rawValue: code).description, expected: "a value of its type")
    }
}
