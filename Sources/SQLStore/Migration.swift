/// One step of a schema: forward only, plain SQL, applied once, its checksum recorded.
package struct Migration: Hashable, Sendable {
    /// From 1, without gaps.
    package let number: Int
    /// The file's name without number and ending, `outbox_leases` for `0007_outbox_leases.sql`.
    package let name: String
    /// Statements separated by semicolons.
    package let sql: String

    /// A step of a schema.
    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// A step from a file named like `0007_outbox_leases.sql`; nil for any other name.
    package init?(fileName: String, sql: String) {
        guard fileName.hasSuffix(".sql"), let dash = fileName.firstIndex(of: "_"),
            let number = Int(fileName[..<dash]), number > 0
        else { return nil }
        self.init(
            number: number, name: String(fileName[fileName.index(after: dash)...].dropLast(4)), sql: sql)
    }

    /// FNV-1a over the SQL, 64 bits in hexadecimal: it finds a file that was changed by mistake, not a forgery.
    package var checksum: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension SQLConnection {
    /// Brings the schema up to the last of `migrations`, in the transaction that this connection is in.
    ///
    /// Refuses a database that a newer program has migrated, and one whose applied migrations differ from these.
    /// - Returns: the numbers that were applied now.
    @discardableResult
    package func migrate(_ migrations: [Migration]) throws -> [Int] {
        for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
            throw SQLError.migrationsOutOfOrder(number: migration.number, name: migration.name)
        }
        try execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migration (
                number INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                checksum TEXT NOT NULL,
                applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
            )
            """)
        let applied = try query("SELECT number, checksum FROM schema_migration ORDER BY number")
        let newest = try applied.last?.integer(0) ?? 0
        guard newest <= migrations.count else {
            throw SQLError.schemaFromTheFuture(found: Int(newest), known: migrations.count)
        }
        var known: [Int64: String] = [:]
        for row in applied { known[try row.integer(0)] = try row.text(1) }
        var now: [Int] = []
        for migration in migrations {
            if let checksum = known[Int64(migration.number)] {
                guard checksum == migration.checksum else {
                    throw SQLError.migrationChanged(number: migration.number, name: migration.name)
                }
                continue
            }
            try executeScript(migration.sql)
            try execute(
                "INSERT INTO schema_migration (number, name, checksum) VALUES (?, ?, ?)",
                [SQLValue(migration.number), .text(migration.name), .text(migration.checksum)])
            now.append(migration.number)
        }
        return now
    }
}

extension SQLDatabase {
    /// Brings the schema up to the last of `migrations`, in one transaction.
    ///
    /// - Throws: ``SQLError/schemaFromTheFuture(found:known:)`` or
    ///   ``SQLError/migrationChanged(number:name:)`` where the database is not this program's.
    /// - Returns: the numbers that were applied now.
    @discardableResult
    package func migrate(_ migrations: [Migration]) async throws -> [Int] {
        try await write { try $0.migrate(migrations) }
    }
}
