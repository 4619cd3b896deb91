/// Columns of one row, read by position (from 0) or by name.
///
/// Every accessor throws ``SQLError/noSuchColumn(_:)`` for a column that is not there, and
/// ``SQLError/wrongType(column:expected:found:)`` for a value of another kind (NULL among them, but for the
/// `optional…` accessors). Nothing is ever converted.
package protocol SQLColumns {
    /// The names of the columns, in order.
    var columnNames: SQLColumnNames { get }
    /// The value at `index`, from 0.
    func value(at index: Int) throws(SQLError) -> SQLValue
}

extension SQLColumns {
    /// The value in the column `name`.
    package func value(_ name: String) throws(SQLError) -> SQLValue { try value(at: position(of: name)) }

    /// The integer at `index`.
    package func integer(_ index: Int) throws(SQLError) -> Int64 {
        let value = try value(at: index)
        guard case .integer(let integer) = value else { throw mismatch(index, "integer", value) }
        return integer
    }
    /// The integer in the column `name`.
    package func integer(_ name: String) throws(SQLError) -> Int64 { try integer(position(of: name)) }
    /// The integer at `index`, nil for NULL.
    package func optionalInteger(_ index: Int) throws(SQLError) -> Int64? {
        try isNull(index) ? nil : integer(index)
    }
    /// The integer in the column `name`, nil for NULL.
    package func optionalInteger(_ name: String) throws(SQLError) -> Int64? {
        try optionalInteger(position(of: name))
    }

    /// The truth at `index`: 0 is false, 1 is true, anything else is refused.
    package func boolean(_ index: Int) throws(SQLError) -> Bool {
        switch try value(at: index) {
        case .integer(0): false
        case .integer(1): true
        case let other: throw mismatch(index, "boolean (0 or 1)", other)
        }
    }
    /// The truth in the column `name`: 0 is false, 1 is true, anything else is refused.
    package func boolean(_ name: String) throws(SQLError) -> Bool { try boolean(position(of: name)) }

    /// The double at `index`; an integer is not one.
    package func real(_ index: Int) throws(SQLError) -> Double {
        let value = try value(at: index)
        guard case .real(let real) = value else { throw mismatch(index, "real", value) }
        return real
    }
    /// The double in the column `name`; an integer is not one.
    package func real(_ name: String) throws(SQLError) -> Double { try real(position(of: name)) }

    /// The text at `index`.
    package func text(_ index: Int) throws(SQLError) -> String {
        let value = try value(at: index)
        guard case .text(let text) = value else { throw mismatch(index, "text", value) }
        return text
    }
    /// The text in the column `name`.
    package func text(_ name: String) throws(SQLError) -> String { try text(position(of: name)) }
    /// The text at `index`, nil for NULL.
    package func optionalText(_ index: Int) throws(SQLError) -> String? {
        try isNull(index) ? nil : text(index)
    }
    /// The text in the column `name`, nil for NULL.
    package func optionalText(_ name: String) throws(SQLError) -> String? {
        try optionalText(position(of: name))
    }

    /// The bytes at `index`.
    package func blob(_ index: Int) throws(SQLError) -> [UInt8] {
        let value = try value(at: index)
        guard case .blob(let blob) = value else { throw mismatch(index, "blob", value) }
        return blob
    }
    /// The bytes in the column `name`.
    package func blob(_ name: String) throws(SQLError) -> [UInt8] { try blob(position(of: name)) }
    /// The bytes at `index`, nil for NULL.
    package func optionalBlob(_ index: Int) throws(SQLError) -> [UInt8]? {
        try isNull(index) ? nil : blob(index)
    }
    /// The bytes in the column `name`, nil for NULL.
    package func optionalBlob(_ name: String) throws(SQLError) -> [UInt8]? {
        try optionalBlob(position(of: name))
    }

    /// Whether the value at `index` is NULL.
    package func isNull(_ index: Int) throws(SQLError) -> Bool {
        if case .null = try value(at: index) { return true }
        return false
    }

    private func position(of name: String) throws(SQLError) -> Int {
        guard let index = columnNames.index(of: name) else { throw .noSuchColumn(name) }
        return index
    }

    private func mismatch(_ index: Int, _ expected: String, _ found: SQLValue) -> SQLError {
        .wrongType(column: columnNames[index], expected: expected, found: found.kindName)
    }
}
