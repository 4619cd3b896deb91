import CSQLite

extension SQLError {
    /// The error for an extended result code of SQLite (sqlite.org/rescode.html).
    static func sqlite(code: Int32, reason: String, sql: String) -> SQLError {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_FULL: .full
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_IOERR: .inputOutput(reason)
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(reason)
        case SQLITE_CANTOPEN: .cannotOpen(path: "", reason: reason)
        case SQLITE_CONSTRAINT: .constraint(constraint(code >> 8), detail: reason)
        default: .statement(code: Int(code), reason: reason, sql: sql)
        }
    }

    /// The second byte of the extended code of a constraint; the header's macros are expressions Swift cannot import.
    private static func constraint(_ extended: Int32) -> Constraint {
        switch extended {
        case 1: .check
        case 3: .foreignKey
        case 5: .notNull
        case 6, 10: .primaryKey  // a primary key, or a row id
        case 7: .trigger
        case 8: .unique
        default: .other
        }
    }
}
