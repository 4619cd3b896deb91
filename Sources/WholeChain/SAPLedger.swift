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

    /// What a document said from one commit on, and whom it concerned.
    package struct Content: Hashable, Sendable {
        /// EBELN, or BELNR and GJAHR.
        let document: String
        /// As a person sees it, with the decimals of its currency.
        let amount: String
        let currency: String
        /// The vendor's own invoice number; empty for an order.
        let reference: String
        /// LIFNR.
        let vendor: String
        /// Nil where SAP has none.
        let vendorMail: String?
        let buyerPhone: String?
        /// Empty for an invoice.
        let purchasingGroup: String
        /// Seconds since 1970, UTC.
        let committedAt: Double
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

    /// What each document said, in the order of its commits.
    package func contents() async throws -> [Content] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT document, amount, currency, reference, vendor, vendor_mail, buyer_phone, purchasing_group,
                    committed_at FROM content ORDER BY number
                """
            ).map { row in
                Content(
                    document: try row.text(0), amount: try row.text(1), currency: try row.text(2),
                    reference: try row.text(3), vendor: try row.text(4), vendorMail: try row.optionalText(5),
                    buyerPhone: try row.optionalText(6), purchasingGroup: try row.text(7),
                    committedAt: try row.real(8))
            }
        }
    }

    /// Closes the file.
    package func close() async { await database.close() }
}
