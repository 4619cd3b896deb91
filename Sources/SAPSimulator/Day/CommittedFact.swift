/// One thing that became true in SAP and that an agent must report.
struct CommittedFact: Hashable, Sendable {
    /// EBELN, or BELNR and GJAHR.
    let documentKey: String
    /// The creation stamp in the owning row: EKKO-AEDAT with ERNAM, or RBKP-CPUDT and CPUTM.
    let creation: String
    let transition: String
    /// `1`, or CHANGENR, UDATE and UTIME of a change document.
    let version: String
}

/// One step of a day: rows that are committed together, and what they make true.
struct DayStep: Sendable {
    /// A row of a table; columns not named are initial.
    typealias Row = (table: String, values: [String: String])
    /// Rows, what they make true, and what the document says with them.
    typealias Content = (rows: [Row], facts: [CommittedFact], says: DocumentContent?)

    let rows: [Row]
    let facts: [CommittedFact]
    let says: DocumentContent?
    /// Seconds between the stamp in the rows and their commit.
    let lateness: Double

    /// Numbers of the documents that its rows belong to, or name.
    var documents: Set<String> {
        Set(rows.flatMap { row in ["EBELN", "BELNR", "OBJECTID"].compactMap { row.values[$0] } })
    }

    init(_ content: Content, lateness: Double) {
        rows = content.rows
        facts = content.facts
        says = content.says
        self.lateness = lateness
    }
}
