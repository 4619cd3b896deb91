import CSQLite

/// The yardstick: one row an event and one durable transaction a batch, straight into SQLite.
final class BareInserts: Sendable {
    private struct Handles: @unchecked Sendable {
        // Used on `thread` alone.
        let database: OpaquePointer
        let insert: OpaquePointer
    }

    private let thread = Blocking("inserts")
    private let handles: Handles

    /// Makes a database with one table, set up as the relay's is: write-ahead log, each commit on the disk.
    init(path: String) async throws {
        handles = try await thread.run {
            var database: OpaquePointer?
            var insert: OpaquePointer?
            let script = """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                CREATE TABLE row (batch INTEGER NOT NULL, position INTEGER NOT NULL, bytes BLOB NOT NULL,
                                  PRIMARY KEY (batch, position)) STRICT, WITHOUT ROWID;
                """
            guard sqlite3_open(path, &database) == SQLITE_OK, let database,
                sqlite3_exec(database, script, nil, nil, nil) == SQLITE_OK,
                sqlite3_prepare_v2(database, "INSERT INTO row VALUES (?, ?, ?)", -1, &insert, nil)
                    == SQLITE_OK, let insert
            else { throw BenchmarkError.wrong("SQLite does not open \(path)") }
            return Handles(database: database, insert: insert)
        }
    }

    deinit {
        sqlite3_finalize(handles.insert)
        sqlite3_close(handles.database)
    }

    /// Inserts the batches, numbered from `first`.
    /// - Returns: seconds that it took.
    func insert(_ batches: [[[UInt8]]], first: Int) async throws -> Double {
        let handles = handles
        return try await thread.run {
            let clock = ContinuousClock()
            let start = clock.now
            for (index, rows) in batches.enumerated() {
                try Self.step(handles, "BEGIN IMMEDIATE")
                for (position, bytes) in rows.enumerated() {
                    sqlite3_bind_int64(handles.insert, 1, Int64(first + index))
                    sqlite3_bind_int64(handles.insert, 2, Int64(position))
                    let result = bytes.withUnsafeBytes { buffer in
                        ml_sqlite_bind_blob_lent(handles.insert, 3, buffer.baseAddress, UInt64(buffer.count))
                        return sqlite3_step(handles.insert)
                    }
                    sqlite3_reset(handles.insert)
                    guard result == SQLITE_DONE else {
                        throw BenchmarkError.wrong("SQLite refused a row: \(result)")
                    }
                }
                try Self.step(handles, "COMMIT")
            }
            return start.duration(to: clock.now).seconds
        }
    }

    private static func step(_ handles: Handles, _ sql: String) throws {
        let result = sqlite3_exec(handles.database, sql, nil, nil, nil)
        guard result == SQLITE_OK else { throw BenchmarkError.wrong("SQLite refused \(sql): \(result)") }
    }
}
