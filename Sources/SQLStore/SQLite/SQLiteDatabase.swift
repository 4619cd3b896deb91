import Dispatch

/// SQLite behind ``SQLDatabase``: one connection that writes and one that reads, each on a thread of its own.
///
/// Write-ahead log, foreign keys enforced, every write transaction begun IMMEDIATE.
package final class SQLiteDatabase: SQLDatabase {
    /// What a commit waits for.
    package enum Synchronous: String, Sendable {
        /// Each commit is on the disk when it returns.
        case full = "FULL"
        /// The last commits may be lost when the power fails; the file stays whole.
        case normal = "NORMAL"
    }

    private let writer: SQLiteLane
    private let reader: SQLiteLane

    private init(writer: SQLiteLane, reader: SQLiteLane) {
        self.writer = writer
        self.reader = reader
    }

    /// Opens the database at `path`, creating it for the present user alone where it is missing.
    ///
    /// - Parameters:
    ///   - path: a file in a folder that exists, or `:memory:` for one that lives as long as this value.
    ///   - synchronous: what a commit waits for.
    ///   - busyTimeout: how long a statement waits for another process's lock before ``SQLError/busy``.
    package static func open(
        path: String, synchronous: Synchronous = .full, busyTimeout: Duration = .seconds(5),
    ) async throws -> SQLiteDatabase {
        let writer = SQLiteLane(name: "sql.write")
        try await writer.open {
            let connection = try SQLiteConnection(path: path, access: .create, busyTimeout: busyTimeout)
            try connection.runScript(
                """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous.rawValue);
                PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
                """)
            // What savepoints take back stays in memory: files of it, in a folder for all, would cost more than the
            // rows, and fail where that folder is full.
            try connection.runScript("PRAGMA temp_store = MEMORY;")
            return connection
        }
        guard path != ":memory:" else { return SQLiteDatabase(writer: writer, reader: writer) }
        let reader = SQLiteLane(name: "sql.read")
        try await reader.open {
            let connection = try SQLiteConnection(path: path, access: .write, busyTimeout: busyTimeout)
            try connection.runScript("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;")
            return connection
        }
        return SQLiteDatabase(writer: writer, reader: reader)
    }

    /// Opens an existing database for reading alone, also while another program writes it.
    ///
    /// ``write(_:)`` then throws ``SQLError/readOnly``.
    package static func openReadOnly(
        path: String, busyTimeout: Duration = .seconds(5),
    ) async throws -> SQLiteDatabase {
        let lane = SQLiteLane(name: "sql.read")
        try await lane.open { try SQLiteConnection(path: path, access: .read, busyTimeout: busyTimeout) }
        return SQLiteDatabase(writer: lane, reader: lane)
    }

    package func read<T: Sendable>(
        _ body: @escaping @Sendable (SQLConnection) throws -> T,
    ) async throws -> T {
        try await reader.run { try $0.transaction(begin: "BEGIN", body) }
    }

    package func write<T: Sendable>(
        _ body: @escaping @Sendable (SQLConnection) throws -> T,
    ) async throws -> T {
        try await writer.run { connection in
            guard !connection.isReadOnly else { throw SQLError.readOnly }
            return try connection.transaction(begin: "BEGIN IMMEDIATE", body)
        }
    }

    /// Closes both connections after the calls that were already made; later calls throw ``SQLError/closed``.
    package func close() async {
        await reader.close()
        await writer.close()
    }
}
