import CSQLite
import Glibc

extension SQLError {
    /// The error for an extended result code (sqlite.org/rescode.html) that `connection` has just given.
    ///
    /// What the system said is read from `errno`, which the caller cleared before: `sqlite3_system_errno` is not
    /// set by a COMMIT that fails.
    @unsafe
    static func sqlite(code: Int32, on connection: OpaquePointer, sql: String) -> SQLError {
        let cause = errno
        let reason = unsafe String(cString: sqlite3_errmsg(connection))
        let path = unsafe sqlite3_db_filename(connection, "main").map { unsafe String(cString: $0) } ?? ""
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy
        case SQLITE_FULL: return .full
        case SQLITE_READONLY, SQLITE_PERM: return .readOnly
        // A quota, a limit on the file's size and a log that cannot grow are an error of the disk to SQLite.
        case SQLITE_IOERR where [ENOSPC, EDQUOT, EFBIG].contains(cause): return .full
        case SQLITE_CANTOPEN where [ENOSPC, EDQUOT].contains(cause): return .full
        case SQLITE_IOERR:
            let detail = unsafe cause == 0 ? "" : ", " + String(cString: strerror(cause))
            return .inputOutput("\(path): \(reason)\(detail)")
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt("\(path): \(reason)")
        case SQLITE_CANTOPEN: return .cannotOpen(path: path, reason: reason)
        case SQLITE_CONSTRAINT: return .constraint(constraint(code >> 8), detail: reason)
        default: return .statement(code: Int(code), reason: reason, sql: sql)
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
