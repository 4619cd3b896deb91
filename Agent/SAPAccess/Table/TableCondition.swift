package import Values

/// A value in a selection, in SAP's internal form.
///
/// The only way in: no text of a clause is ever taken from outside.
package enum TableLiteral: Hashable, Sendable {
    /// Characters as SAP stores them, keys zero-padded.
    case text(String)
    case date(LocalDate)
    case time(TimeOfDay)

    /// The value as it stands between quotes, without them.
    var sapText: String {
        switch self {
        case .text(let text): text
        case .date(let date): date.sapText
        case .time(let time): time.sapText
        }
    }
}

/// Which rows of a table are wanted.
///
/// All ranges are closed, so that they can be split without losing a row.
package indirect enum TableCondition: Hashable, Sendable {
    /// Comparison operators, in the words that every reader module takes.
    package enum Comparison: String, Hashable, Sendable {
        case equal = "EQ"
        case notEqual = "NE"
        case atLeast = "GE"
        case atMost = "LE"
        case greater = "GT"
        case less = "LT"
    }

    /// Every row the client has.
    case everything
    case compare(String, Comparison, TableLiteral)
    /// The column holds one of these; an empty list selects nothing. Long lists are sent in pieces.
    case oneOf(String, [TableLiteral])
    /// Stamped within the closed range, compared as SAP writes stamps; `time` is nil where SAP keeps a date only.
    case stamped(date: String, time: String?, from: LocalDateTime, through: LocalDateTime)
    /// All of these hold.
    case all([TableCondition])

    /// Both hold.
    package func and(_ other: TableCondition) -> TableCondition {
        switch (self, other) {
        case (.everything, _): other
        case (_, .everything): self
        case (.all(let mine), .all(let others)): .all(mine + others)
        case (.all(let mine), _): .all(mine + [other])
        case (_, .all(let others)): .all([self] + others)
        default: .all([self, other])
        }
    }

    /// Names of the columns it looks at.
    package var columns: Set<String> {
        switch self {
        case .everything: []
        case .compare(let column, _, _), .oneOf(let column, _): [column]
        case .stamped(let date, let time, _, _): Set([date, time].compactMap { $0 })
        case .all(let parts): parts.reduce(into: []) { $0.formUnion($1.columns) }
        }
    }
}

/// What to read of one table.
package struct TableQuery: Hashable, Sendable {
    package var table: String
    /// Columns wanted; the table's key columns can be read from the rows too.
    package var columns: [String]
    package var condition: TableCondition
    /// Rows one call may bring.
    ///
    /// An alarm and not a page: one row more, and the range is split (DESIGN 4.3).
    package var rowLimit: Int

    package init(table: String, columns: [String], condition: TableCondition, rowLimit: Int = 5_000) {
        self.table = table
        self.columns = columns
        self.condition = condition
        self.rowLimit = rowLimit
    }
}
