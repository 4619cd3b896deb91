import SQLStore

/// What the SAP stand-in committed: the truth that everything else is held against.
package struct SAPLedger: Sendable {
    /// One fact that an agent had to report.
    package struct Fact: Hashable, Sendable {
        /// EBELN, or BELNR and GJAHR.
        package let document: String
        /// created, changed, effective, received, posted.
        package let transition: String
        /// `1`, or CHANGENR, UDATE and UTIME.
        package let version: String
        /// Seconds since 1970, UTC.
        package let committedAt: Double

        /// The document's number alone, as events call it.
        package var number: String { String(document.prefix(10).drop { $0 == "0" }) }
    }

    private let database: SQLiteDatabase

    /// Opens the ledger that a running stand-in writes.
    package init(path: String) async throws { database = try await SQLiteDatabase.open(path: path) }

    /// All facts in the order in which they were committed.
    package func facts() async throws -> [Fact] {
        try await database.read { connection in
            try connection.query(
                "SELECT document, transition, version, committed_at FROM fact ORDER BY number"
            ).map { row in
                Fact(
                    document: try row.text(0), transition: try row.text(1), version: try row.text(2),
                    committedAt: try row.real(3))
            }
        }
    }

    /// Closes the file.
    package func close() async { await database.close() }
}
