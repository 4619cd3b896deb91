/// What a database refused, and why.
///
/// The description is one sentence and, where there is one, a remedy.
package enum SQLError: Error, Hashable, Sendable {
    /// Which rule of the schema a statement broke.
    package enum Constraint: String, Hashable, Sendable {
        case unique, primaryKey, foreignKey, notNull, check, trigger, other
    }

    /// Another connection held the lock for longer than the busy time-out.
    case busy
    /// The disk, or the limit set for the database, is full. Nothing of the transaction was kept.
    case full
    /// The database was opened read-only, or its file cannot be written.
    case readOnly
    /// The file cannot be opened or created.
    case cannotOpen(path: String, reason: String)
    /// Reading or writing the file failed.
    case inputOutput(String)
    /// The file is no database, or damaged.
    case corrupt(String)
    /// The statement broke a rule of the schema; `detail` names table and columns (`UNIQUE constraint failed: t.a`).
    case constraint(Constraint, detail: String)
    /// The database was closed before.
    case closed
    /// The engine ended the transaction by itself, for a full disk among others: nothing of it was written.
    case transactionEnded
    /// The schema was made by a newer program: its last migration, and the last one this program knows.
    case schemaFromTheFuture(found: Int, known: Int)
    /// A migration that was applied is not the one this program carries under its number.
    case migrationChanged(number: Int, name: String)
    /// The migrations that a program carries are not numbered upwards without gaps.
    case migrationsOutOfOrder(number: Int, name: String)
    /// A column of another type was asked for.
    case wrongType(column: String, expected: String, found: String)
    /// A column that the result does not have.
    case noSuchColumn(String)
    /// A text that is not UTF-8.
    case invalidText(column: String)
    /// Any other refusal, with SQLite's extended code and the statement (its parameters are never shown).
    case statement(code: Int, reason: String, sql: String)
}

extension SQLError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .busy:
            "The database is busy: another program holds its lock. Try again, or end the other program."
        case .full: "The disk is full: nothing was written. Make room and try again."
        case .readOnly: "The database cannot be written. Check the owner and mode of its file and folder."
        case .cannotOpen(let path, let reason):
            "The database \(path) cannot be opened: \(reason). Check that its folder exists and may be written."
        case .inputOutput(let reason): "Reading or writing the database failed: \(reason). Check the disk."
        case .corrupt(let reason):
            "The file is damaged or no database: \(reason). Restore it from a backup."
        case .constraint(let constraint, let detail): "A \(constraint.rawValue) rule was broken: \(detail)."
        case .closed: "The database was closed."
        case .transactionEnded:
            "The database ended the transaction by itself: nothing of it was written. Check the disk and try again."
        case .schemaFromTheFuture(let found, let known):
            "The database has schema \(found), this program knows up to \(known). Install the newer program."
        case .migrationChanged(let number, let name):
            "Migration \(number) (\(name)) of the database is not the one of this program. Install the program that made it."
        case .migrationsOutOfOrder(let number, let name):
            "Migration \(number) (\(name)) is out of order: numbers go up by one from 1."
        case .wrongType(let column, let expected, let found):
            "Column \(column) holds \(found) where \(expected) was expected."
        case .noSuchColumn(let column): "The result has no column \(column)."
        case .invalidText(let column): "Column \(column) holds a text that is not UTF-8."
        case .statement(let code, let reason, let sql): "A statement failed (\(code), \(reason)): \(sql)"
        }
    }
}
