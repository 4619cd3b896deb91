import CSQLite
import Glibc

/// Owner of one prepared statement; while it stands on a row it is that row's columns.
@safe
final class SQLiteStatement: SQLColumns {
    /// Values of at least this size are lent to SQLite while the statement runs; smaller ones are copied, which is cheaper.
    private static let lentBytes = 512

    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private let sql: String
    private var isOnRow = false
    private var names: SQLColumnNames?

    /// - Parameters:
    ///   - handle: finalized when this value goes.
    ///   - connection: only borrowed; it outlives its statements.
    init(takingOwnershipOf handle: OpaquePointer, of connection: OpaquePointer, sql: String) {
        unsafe self.handle = unsafe handle
        unsafe self.connection = unsafe connection
        self.sql = sql
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Runs the statement to its end, or until `onRow` returns false or throws; it is reset afterwards.
    func run(_ values: [SQLValue], onRow: (any SQLColumns) throws -> Bool) throws {
        let expected = Int(unsafe sqlite3_bind_parameter_count(handle))
        guard expected == values.count else {
            let reason = "\(expected) parameters expected, \(values.count) given"
            throw SQLError.statement(code: Int(SQLITE_RANGE), reason: reason, sql: sql)
        }
        defer { reset() }
        try bind(values, from: 0) { try self.step(onRow) }
    }

    /// Runs a statement without parameters, passing over its rows.
    func runToEnd() throws(SQLError) {
        defer { reset() }
        errno = 0
        var code: Int32
        repeat { code = unsafe sqlite3_step(handle) } while code == SQLITE_ROW
        guard code == SQLITE_DONE else { throw error(code) }
    }

    var columnNames: SQLColumnNames {
        let count = unsafe sqlite3_column_count(handle)
        // SQLite prepares again by itself when the schema changes, and `SELECT *` then has other columns.
        if let names, names.count == Int(count) { return names }
        let made = SQLColumnNames(
            (0..<count).map { index in
                guard let name = unsafe sqlite3_column_name(handle, index) else { return "" }
                return unsafe String(cString: name)
            })
        names = made
        return made
    }

    func value(at index: Int) throws(SQLError) -> SQLValue {
        guard isOnRow, index >= 0, index < Int(unsafe sqlite3_data_count(handle)) else {
            throw .noSuchColumn("#\(index)")
        }
        let column = Int32(index)
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, column))
        case SQLITE_TEXT: return try text(column)
        case SQLITE_BLOB:
            guard let bytes = unsafe sqlite3_column_blob(handle, column) else { return .blob([]) }
            let count = Int(unsafe sqlite3_column_bytes(handle, column))
            return .blob(unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }

    private func text(_ column: Int32) throws(SQLError) -> SQLValue {
        guard let characters = unsafe sqlite3_column_text(handle, column) else { return .text("") }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        let bytes = unsafe UnsafeBufferPointer(start: characters, count: count)
        guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
            throw .invalidText(column: columnNames[Int(column)])
        }
        return .text(text)
    }

    private func step(_ onRow: (any SQLColumns) throws -> Bool) throws {
        while true {
            errno = 0
            let code = unsafe sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw error(code) }
            isOnRow = true
            guard try onRow(self) else { return }
        }
    }

    private func reset() {
        isOnRow = false
        // The error of a failed step is given again here; it has been thrown already.
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    /// Binds the values from `start` on and runs `body` while those that are only lent stay in place.
    private func bind(_ values: [SQLValue], from start: Int, _ body: () throws -> Void) throws {
        for position in start..<values.count {
            let parameter = Int32(position + 1)
            switch values[position] {
            case .null: try check(unsafe sqlite3_bind_null(handle, parameter))
            case .integer(let integer): try check(unsafe sqlite3_bind_int64(handle, parameter, integer))
            case .real(let real): try check(unsafe sqlite3_bind_double(handle, parameter, real))
            case .text(var text) where text.utf8.count >= Self.lentBytes:
                return try text.withUTF8 { bytes in
                    try check(
                        unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                            unsafe ml_sqlite_bind_text_lent(
                                handle, parameter, characters.baseAddress, UInt64(characters.count))
                        })
                    try bind(values, from: position + 1, body)
                }
            case .text(let text):
                // Swift lends a copy that ends in a zero byte; the count leaves it out.
                let count = UInt64(text.utf8.count)
                try check(unsafe ml_sqlite_bind_text_copied(handle, parameter, text, count))
            case .blob(let blob) where blob.count >= Self.lentBytes:
                return try unsafe blob.withUnsafeBytes { bytes in
                    let count = UInt64(bytes.count)
                    try check(unsafe ml_sqlite_bind_blob_lent(handle, parameter, bytes.baseAddress, count))
                    try bind(values, from: position + 1, body)
                }
            case .blob(let blob) where blob.isEmpty:
                // An empty array may have no address, and a null address would bind NULL.
                try check(unsafe sqlite3_bind_zeroblob(handle, parameter, 0))
            case .blob(let blob):
                let count = UInt64(blob.count)
                try check(unsafe ml_sqlite_bind_blob_copied(handle, parameter, blob, count))
            }
        }
        try body()
    }

    private func check(_ code: Int32) throws(SQLError) {
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func error(_ code: Int32) -> SQLError {
        unsafe .sqlite(code: code, on: connection, sql: sql)
    }
}
