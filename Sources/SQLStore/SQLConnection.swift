/// What an engine does for ``SQLConnection``; one user at a time.
package protocol SQLDriver: AnyObject {
    /// Runs one statement and calls `onRow` for each row; the columns may be used only inside the call.
    /// - Returns: how many rows an INSERT, UPDATE or DELETE changed, else 0.
    func run(
        _ sql: String, _ values: [SQLValue], onRow: (any SQLColumns) throws -> Bool,
    ) throws -> Int
    /// Runs statements separated by semicolons, without parameters or results.
    func runScript(_ sql: String) throws(SQLError)
    /// The row id of the last INSERT of this connection.
    var lastInsertedRow: Int64 { get }
}

/// A connection inside a transaction, lent to the closure of ``SQLDatabase/read(_:)`` or
/// ``SQLDatabase/write(_:)`` and never to be kept.
///
/// Parameters are `?` or `?1`; every call may throw ``SQLError``.
package final class SQLConnection {
    private let driver: any SQLDriver

    /// A connection over an engine.
    package init(_ driver: any SQLDriver) { self.driver = driver }

    /// Runs one statement that gives no rows that matter.
    /// - Returns: how many rows an INSERT, UPDATE or DELETE changed, else 0.
    @discardableResult
    package func execute(_ sql: String, _ values: [SQLValue] = []) throws -> Int {
        try driver.run(sql, values) { _ in true }
    }

    /// Runs several statements separated by semicolons, without parameters.
    package func executeScript(_ sql: String) throws(SQLError) { try driver.runScript(sql) }

    /// All rows of one statement.
    package func query(_ sql: String, _ values: [SQLValue] = []) throws -> [SQLRow] {
        var rows: [SQLRow] = []
        _ = try driver.run(sql, values) { columns in
            rows.append(try Self.row(columns))
            return true
        }
        return rows
    }

    /// The first row of one statement, nil where there is none; the statement ends there.
    package func first(_ sql: String, _ values: [SQLValue] = []) throws -> SQLRow? {
        var row: SQLRow?
        _ = try driver.run(sql, values) { columns in
            row = try Self.row(columns)
            return false
        }
        return row
    }

    /// Calls `body` for each row without making a row of its own: only the columns asked for are read.
    ///
    /// The columns may be used only inside the call.
    package func forEach(
        _ sql: String, _ values: [SQLValue] = [], _ body: (any SQLColumns) throws -> Void,
    ) throws {
        _ = try driver.run(sql, values) { columns in
            try body(columns)
            return true
        }
    }

    /// The row id of the last INSERT.
    package var lastInsertedRow: Int64 { driver.lastInsertedRow }

    /// Runs `body` in a savepoint: what it throws takes back what it wrote, and nothing else.
    package func savepoint<T>(_ name: String, _ body: () throws -> T) throws -> T {
        let quoted =
            "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
        try execute("SAVEPOINT \(quoted)")
        do {
            let value = try body()
            try execute("RELEASE \(quoted)")
            return value
        } catch {
            // A full disk may have ended the whole transaction; then there is no savepoint to go back to.
            _ = try? execute("ROLLBACK TO \(quoted)")
            _ = try? execute("RELEASE \(quoted)")
            throw error
        }
    }

    private static func row(_ columns: any SQLColumns) throws(SQLError) -> SQLRow {
        let names = columns.columnNames
        var values: [SQLValue] = []
        values.reserveCapacity(names.count)
        for index in 0..<names.count { values.append(try columns.value(at: index)) }
        return SQLRow(columnNames: names, values: values)
    }
}
