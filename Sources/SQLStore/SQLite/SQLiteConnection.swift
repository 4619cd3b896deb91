import CSQLite
import Glibc

/// Owner of one SQLite connection and its prepared statements; closed when the last reference goes.
@safe
final class SQLiteConnection: SQLDriver {
    /// How a file is opened.
    enum Access { case create, write, read }

    private let handle: OpaquePointer
    let isReadOnly: Bool
    /// Whether statements belong to a transaction that ``transaction(begin:_:)`` began.
    private var isInTransaction = false
    private var cache = SQLiteStatementCache(limit: 128)

    init(path: String, access: Access, busyTimeout: Duration) throws(SQLError) {
        if access == .create, path != ":memory:" {
            // SQLite would create it readable by everyone; the log and its index inherit the file's mode.
            let descriptor = unsafe Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw .cannotOpen(path: path, reason: unsafe String(cString: strerror(errno)))
            }
            Glibc.close(descriptor)
        }
        let mode =
            switch access {
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .write: SQLITE_OPEN_READWRITE
            case .read: SQLITE_OPEN_READONLY
            }
        var opened: OpaquePointer?
        // No mutex of SQLite's: one queue alone uses the connection.
        let code = unsafe sqlite3_open_v2(
            path, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let reason = unsafe String(cString: sqlite3_errstr(code))
            unsafe sqlite3_close_v2(opened)
            throw .cannotOpen(path: path, reason: reason)
        }
        unsafe handle = unsafe opened
        isReadOnly = access == .read
        let milliseconds =
            busyTimeout.components.seconds * 1000
            + busyTimeout.components.attoseconds / 1_000_000_000_000_000
        unsafe sqlite3_busy_timeout(opened, Int32(clamping: milliseconds))
    }

    deinit {
        cache.removeAll()  // a connection with live statements would linger as a zombie
        unsafe sqlite3_close_v2(handle)
    }

    var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Runs `body` between `begin` and COMMIT, or ROLLBACK when it throws.
    func transaction<T>(begin: String, _ body: (SQLConnection) throws -> T) throws -> T {
        _ = try run(begin, []) { _ in true }
        isInTransaction = true
        defer { isInTransaction = false }
        do {
            let value = try body(SQLConnection(self))
            _ = try run("COMMIT", []) { _ in true }
            return value
        } catch {
            // A full disk makes SQLite roll back by itself; asking again would hide the first error.
            isInTransaction = false
            if unsafe sqlite3_get_autocommit(handle) == 0 { _ = try? run("ROLLBACK", []) { _ in true } }
            throw error
        }
    }

    func run(
        _ sql: String, _ values: [SQLValue], onRow: (any SQLColumns) throws -> Bool,
    ) throws -> Int {
        // After SQLite has ended a transaction by itself each statement would commit alone.
        if isInTransaction, unsafe sqlite3_get_autocommit(handle) != 0 { throw SQLError.transactionEnded }
        let statement = try take(sql)
        defer { cache.put(statement, for: sql) }
        let before = unsafe sqlite3_total_changes64(handle)
        try statement.run(values, onRow: onRow)
        return unsafe sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
    }

    func runScript(_ sql: String) throws(SQLError) {
        var rest = Substring(sql)
        while true {
            let (statement, remainder) = try prepare(String(rest), persistent: false)
            if let statement { try statement.runToEnd() }
            guard !remainder.allSatisfy(\.isWhitespace) else { return }
            rest = Substring(remainder)
        }
    }

    private func take(_ sql: String) throws(SQLError) -> SQLiteStatement {
        if let statement = cache.take(sql) { return statement }
        let (statement, rest) = try prepare(sql, persistent: true)
        guard let statement, rest.allSatisfy(\.isWhitespace) else {
            throw .statement(code: Int(SQLITE_MISUSE), reason: "exactly one statement expected", sql: sql)
        }
        return statement
    }

    private func prepare(
        _ sql: String, persistent: Bool,
    ) throws(SQLError) -> (statement: SQLiteStatement?, rest: String) {
        var text = sql
        errno = 0
        var prepared: OpaquePointer?
        var rest = ""
        let code = text.withUTF8 { bytes -> Int32 in
            guard !bytes.isEmpty else { return SQLITE_OK }
            return unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                var tail: UnsafePointer<CChar>?
                let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
                let code = unsafe sqlite3_prepare_v3(
                    handle, characters.baseAddress, Int32(clamping: characters.count), flags, &prepared, &tail
                )
                if code == SQLITE_OK, let tail = unsafe tail, let base = characters.baseAddress {
                    let used = unsafe tail - base
                    unsafe rest = String(decoding: bytes[used...], as: UTF8.self)
                }
                return code
            }
        }
        guard code == SQLITE_OK else { throw unsafe .sqlite(code: code, on: handle, sql: sql) }
        guard let prepared = unsafe prepared else { return (nil, rest) }
        return (unsafe SQLiteStatement(takingOwnershipOf: prepared, of: handle, sql: sql), rest)
    }
}
