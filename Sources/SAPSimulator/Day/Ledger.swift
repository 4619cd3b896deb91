import SQLStore

/// The stand-in's own truth: what was committed when, in a SQLite file that a judge reads.
package struct Ledger: Sendable {
    private static let migration = Migration(
        number: 1, name: "facts",
        sql: """
            CREATE TABLE fact (
              number INTEGER PRIMARY KEY,
              document TEXT NOT NULL,
              creation TEXT NOT NULL,
              transition TEXT NOT NULL,
              version TEXT NOT NULL,
              stamp TEXT NOT NULL,
              committed_at REAL NOT NULL,
              UNIQUE (document, creation, transition, version)
            );
            """)

    private let database: SQLiteDatabase

    /// Opens the file and makes its table.
    package static func open(_ path: String) async throws -> Ledger {
        let database = try await SQLiteDatabase.open(path: path)
        _ = try await database.migrate([migration])
        return Ledger(database: database)
    }

    /// Notes what is about to be committed; durable when it returns.
    func note(_ facts: [CommittedFact], stamp: String, committedAt: Double) async throws {
        try await database.write { connection in
            for fact in facts {
                try connection.execute(
                    """
                    INSERT INTO fact (document, creation, transition, version, stamp, committed_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .text(fact.documentKey), .text(fact.creation), .text(fact.transition),
                        .text(fact.version),
                        .text(stamp), .real(committedAt),
                    ])
            }
        }
    }
}
