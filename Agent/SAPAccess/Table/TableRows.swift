package import Values

/// A cell by its dictionary type.
package enum TableValue: Hashable, Sendable {
    case text(String)
    case number(ExactDecimal)
    /// Nil where SAP holds the initial date.
    case date(LocalDate?)
    /// Nil where the time is blank.
    case time(TimeOfDay?)
}

/// Rows that a read brought, in no order that means anything.
package struct TableRows: Sendable, RandomAccessCollection {
    /// Names and types of the columns, shared by all rows.
    final class Layout: Sendable {
        let table: String
        let columns: [TableColumn]
        let positions: [String: Int]

        init(table: String, columns: [TableColumn]) {
            self.table = table
            self.columns = columns
            positions = Dictionary(columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
        }
    }

    let layout: Layout
    private var blocks: [TableBlock] = []
    private var starts: [Int] = []
    package private(set) var count = 0

    init(table: String, columns: [TableColumn]) {
        layout = Layout(table: table, columns: columns)
    }

    /// Rows of given texts, for sources that are not RFC, and for tests.
    package init(table: String, columns: [TableColumn], texts: [[String]]) {
        self.init(table: table, columns: columns)
        var block = TableBlock(columnCount: columns.count)
        for row in texts {
            for text in row { block.appendCell { $0.append(contentsOf: text.utf8) } }
        }
        append(block)
    }

    mutating func append(_ block: TableBlock) {
        guard block.rowCount > 0 else { return }
        starts.append(count)
        blocks.append(block)
        count += block.rowCount
    }

    mutating func append(contentsOf other: TableRows) {
        for block in other.blocks { append(block) }
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(position: Int) -> TableRow {
        var low = 0
        var high = starts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= position { low = middle } else { high = middle - 1 }
        }
        return TableRow(layout: layout, block: blocks[low], row: position - starts[low])
    }
}

/// One row: cells become values when they are asked for.
package struct TableRow: Sendable {
    fileprivate let layout: TableRows.Layout
    fileprivate let block: TableBlock
    fileprivate let row: Int

    /// Names of the columns that were read.
    package var columns: [TableColumn] { layout.columns }

    /// Text as SAP stores it, without trailing blanks.
    /// - Throws: `SAPAccessError.missing` for a column that was not read.
    package func text(_ column: String) throws(SAPAccessError) -> String {
        block.text(row: row, column: try position(column))
    }

    /// A date; nil where SAP holds the initial value, as zeros or as blanks (case C001).
    package func date(_ column: String) throws(SAPAccessError) -> LocalDate? {
        try SAPText.date(text(column), field: name(column))
    }

    /// A time of day; nil where it is blank.
    package func time(_ column: String) throws(SAPAccessError) -> TimeOfDay? {
        try SAPText.time(text(column), field: name(column))
    }

    /// A number as stored: amounts are not shifted by the currency's decimals here.
    /// - Throws: `SAPAccessError.cut` where SAP lost digits.
    package func decimal(_ column: String) throws(SAPAccessError) -> ExactDecimal {
        try SAPText.decimal(text(column), field: name(column))
    }

    /// Date and time of one stamp; nil where the date is initial.
    ///
    /// `time` nil means midnight.
    package func stamp(date: String, time: String?) throws(SAPAccessError) -> LocalDateTime? {
        guard let day = try self.date(date) else { return nil }
        guard let time else { return LocalDateTime(day) }
        return LocalDateTime(day, try self.time(time) ?? .midnight)
    }

    /// The cell by its dictionary type.
    package func value(_ column: String) throws(SAPAccessError) -> TableValue {
        switch layout.columns[try position(column)].type {
        case "DATS": .date(try date(column))
        case "TIMS": .time(try time(column))
        case "CURR", "QUAN", "DEC", "INT1", "INT2", "INT4", "INT8": .number(try decimal(column))
        default: .text(try text(column))
        }
    }

    private func position(_ column: String) throws(SAPAccessError) -> Int {
        guard let position = layout.positions[column] else { throw .missing(field: name(column)) }
        return position
    }

    private func name(_ column: String) -> String { "\(layout.table)-\(column)" }
}
