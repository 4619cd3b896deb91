/// One row of a result, with its values; it may be kept and passed on.
package struct SQLRow: SQLColumns, Sendable {
    package let columnNames: SQLColumnNames
    /// The values in the order of the columns.
    package let values: [SQLValue]

    /// A row of these values.
    package init(columnNames: SQLColumnNames, values: [SQLValue]) {
        self.columnNames = columnNames
        self.values = values
    }

    package func value(at index: Int) throws(SQLError) -> SQLValue {
        guard values.indices.contains(index) else { throw .noSuchColumn("#\(index)") }
        return values[index]
    }
}
