/// Prepared statements at rest, by their text; the one unused for longest goes first.
struct SQLiteStatementCache {
    private struct Entry {
        let statement: SQLiteStatement
        let lastUse: UInt64
    }

    private let limit: Int
    private var entries: [String: Entry] = [:]
    private var uses: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    /// Takes the statement out, so that a nested use of the same text prepares its own.
    mutating func take(_ sql: String) -> SQLiteStatement? { entries.removeValue(forKey: sql)?.statement }

    mutating func put(_ statement: SQLiteStatement, for sql: String) {
        uses += 1
        entries[sql] = Entry(statement: statement, lastUse: uses)
        guard entries.count > limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        else { return }
        entries.removeValue(forKey: oldest.key)
    }

    mutating func removeAll() { entries.removeAll() }
}
