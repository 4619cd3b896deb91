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
            CREATE TABLE content (
              number INTEGER PRIMARY KEY,
              document TEXT NOT NULL,
              amount TEXT NOT NULL,
              currency TEXT NOT NULL,
              reference TEXT NOT NULL,
              vendor TEXT NOT NULL,
              vendor_mail TEXT,
              buyer_phone TEXT,
              purchasing_group TEXT NOT NULL,
              committed_at REAL NOT NULL
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
    func note(_ step: DayStep, stamp: String, committedAt: Double) async throws {
        try await database.write { connection in
            if let content = step.says {
                try connection.execute(
                    """
                    INSERT INTO content (document, amount, currency, reference, vendor, vendor_mail, buyer_phone,
                        purchasing_group, committed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .text(content.documentKey), .text(content.amount), .text(content.currency),
                        .text(content.reference), .text(content.vendor), SQLValue(content.vendorMail),
                        SQLValue(content.buyerPhone), .text(content.purchasingGroup), .real(committedAt),
                    ])
            }
            for fact in step.facts {
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
