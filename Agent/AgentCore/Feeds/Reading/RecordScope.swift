internal import SAPAccess

/// The rows that a record is made of, and the ones at which an enclosing list stands.
struct RecordScope: Sendable {
    /// By the names that the feed gives them.
    let rows: [String: [FeedRow]]
    private var current: [String: FeedRow] = [:]
    private let index = RowIndex()

    init(rows: [String: [FeedRow]]) { self.rows = rows }

    /// The scope inside of a list that stands at `row`.
    func at(_ row: FeedRow, of name: String) -> RecordScope {
        var inner = self
        inner.current[name] = row
        return inner
    }

    /// The rows of that name that agree in all pairs; inside a list of them only the one it stands at.
    func rows(_ name: String, match: [JoinPair] = []) throws(SAPAccessError) -> [FeedRow] {
        guard !match.isEmpty else { return current[name].map { [$0] } ?? rows[name] ?? [] }
        let columns = match.map(\.column)
        var wanted: [String] = []
        for pair in match { wanted.append(try text(pair.other)) }
        if let row = current[name] { return try RowIndex.values(row, columns) == wanted ? [row] : [] }
        return try index.rows(wanted, in: rows[name] ?? [], of: name, by: columns)
    }

    /// Text of a column in the first row; empty where there is no row.
    func text(_ reference: ColumnReference) throws(SAPAccessError) -> String {
        try rows(reference.rows).first?.text(reference.column) ?? ""
    }

    /// Whether all conditions hold, each for at least one row.
    ///
    /// Where there is no row, the column counts as blank, and a condition that excludes values does not hold.
    func holds(_ matches: [RowMatch]) throws(SAPAccessError) -> Bool {
        for match in matches where try !holds(match) { return false }
        return true
    }

    private func holds(_ match: RowMatch) throws(SAPAccessError) -> Bool {
        let candidates = try rows(match.column.rows)
        if candidates.isEmpty { return !match.isNegated && match.accepts("") }
        for row in candidates where match.accepts(try row.text(match.column.column)) { return true }
        return false
    }
}
