import Values

/// Writes a condition as rows of OPTIONS: 72 characters each, split between tokens only, blanks around every
/// operator and parenthesis, values quoted (facts/sap-ecc-domain.md section 1.3).
struct OptionsClause {
    /// Characters a row may hold; one fewer than the field has, as some adapters advise.
    static let rowLimit = 71
    /// Rows of one clause; longer ones are refused by some systems.
    static let rowCountLimit = 100

    private let table: TableDefinition
    private var rows: [String] = []
    private var row = ""

    private init(_ table: TableDefinition) { self.table = table }

    /// - Throws: `SAPAccessError.selection` for a column that the table lacks, a value longer than its column
    ///   (SAP would dump), or a clause that is too long.
    static func rows(for condition: TableCondition, of table: TableDefinition) throws(SAPAccessError)
        -> [String]
    {
        var clause = OptionsClause(table)
        try clause.write(condition)
        clause.endRow()
        guard clause.rows.count <= rowCountLimit else {
            throw .selection(table: table.name, problem: "it needs \(clause.rows.count) rows of OPTIONS")
        }
        return clause.rows
    }

    private mutating func write(_ condition: TableCondition) throws(SAPAccessError) {
        switch condition {
        case .everything: break
        case .compare(let column, let comparison, let literal):
            try writeComparison(column, comparison.rawValue, literal)
        case .oneOf(let column, let literals):
            try token(column)
            try token("IN")
            try token("(")
            for (index, literal) in literals.enumerated() {
                if index > 0 { try token(",") }
                try token(quoted(literal, column))
            }
            try token(")")
        case .stamped(let date, let time, let from, let through):
            try writeStamped(date, time, from: from, through: through)
        case .all(let parts):
            for (index, part) in parts.enumerated() {
                if index > 0 { try token("AND") }
                try write(part)
            }
        }
    }

    private mutating func writeComparison(
        _ column: String, _ word: String, _ literal: TableLiteral,
    ) throws(SAPAccessError) {
        try token(column)
        try token(word)
        try token(quoted(literal, column))
    }

    private mutating func writeStamped(
        _ date: String, _ time: String?, from: LocalDateTime, through: LocalDateTime,
    ) throws(SAPAccessError) {
        guard let time else {
            try writeComparison(date, "GE", .date(from.date))
            try token("AND")
            try writeComparison(date, "LE", .date(through.date))
            return
        }
        try token("(")
        if from.date == through.date {
            try writeComparison(date, "EQ", .date(from.date))
            try token("AND")
            try writeComparison(time, "GE", .time(from.time))
            try token("AND")
            try writeComparison(time, "LE", .time(through.time))
        } else {
            try token("(")
            try writeComparison(date, "EQ", .date(from.date))
            try token("AND")
            try writeComparison(time, "GE", .time(from.time))
            for word in [")", "OR", "("] { try token(word) }
            try writeComparison(date, "GT", .date(from.date))
            try token("AND")
            try writeComparison(date, "LT", .date(through.date))
            for word in [")", "OR", "("] { try token(word) }
            try writeComparison(date, "EQ", .date(through.date))
            try token("AND")
            try writeComparison(time, "LE", .time(through.time))
            try token(")")
        }
        try token(")")
    }

    private func quoted(_ literal: TableLiteral, _ column: String) throws(SAPAccessError) -> String {
        guard let definition = table.column(column) else {
            throw .selection(table: table.name, problem: "it has no column \(column)")
        }
        let text = literal.sapText
        guard text.utf16.count <= definition.length else {
            throw .selection(
                table: table.name,
                problem: "a value for \(column) is longer than \(definition.length) characters")
        }
        // Text that a terminal or a log would not show has no place in a key.
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .selection(table: table.name, problem: "a value for \(column) holds control characters")
        }
        if text.isEmpty { return "' '" }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            + "'"
    }

    private mutating func token(_ text: String) throws(SAPAccessError) {
        let length = text.utf16.count
        guard length < Self.rowLimit else {
            throw .selection(table: table.name, problem: "a value is longer than a row of OPTIONS")
        }
        if row.utf16.count + 1 + length > Self.rowLimit { endRow() }
        // A leading blank as well: some reader modules glue rows together without one.
        row += " " + text
    }

    private mutating func endRow() {
        if !row.isEmpty { rows.append(row) }
        row = ""
    }
}
