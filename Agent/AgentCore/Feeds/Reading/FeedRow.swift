internal import SAPAccess
internal import Values

/// One row, whether a table read or a function module brought it.
enum FeedRow: Sendable {
    case table(TableRow)
    case record(RFCRecord)

    /// Text without trailing blanks.
    func text(_ column: String) throws(SAPAccessError) -> String {
        switch self {
        case .table(let row): try row.text(column)
        case .record(let record): try record.text(column)
        }
    }

    /// A date; nil where SAP holds the initial value.
    func date(_ column: String) throws(SAPAccessError) -> LocalDate? {
        try SAPText.date(text(column), field: column)
    }

    /// A time of day; nil where it is blank.
    func time(_ column: String) throws(SAPAccessError) -> TimeOfDay? {
        try SAPText.time(text(column), field: column)
    }

    /// Whether SAP has put nothing into any of its fields.
    var isInitial: Bool {
        guard case .record(let record) = self else { return false }
        return record.fields.values.allSatisfy { value in
            switch value {
            case .text(let text): text.utf8.allSatisfy { [0x20, 0x2E, 0x30].contains($0) }
            case .integer(let number): number == 0
            case .bytes(let bytes): bytes.allSatisfy { $0 == 0 }
            case .record, .table, .unreadable: false
            }
        }
    }

    /// A number as it stands there.
    func decimal(_ column: String) throws(SAPAccessError) -> ExactDecimal {
        switch self {
        case .table(let row): try row.decimal(column)
        case .record(let record): try record.decimal(column)
        }
    }
}
