internal import ConnectorProtocol
internal import FoundationEssentials
internal import SQLStore
internal import Values

/// The books of pending and watched keys, told to the holder of the lease in as many answers as they need.
///
/// How far the holder was told stands in the lease's row: a fresh grant begins anew, a token that comes back shows
/// that the page before it has arrived, and a request that is asked again gets its page again.
struct KeyLists {
    let statements: TenantStatements
    /// Of the agents.
    let name: String

    /// What one answer brings of them: half a megabit a second carries it well within an agent's patience of 40 s.
    static let pageBytesLimit = 1 << 20

    /// Where a page begins: in a table, behind a key.
    struct Place: Codable, Equatable, Sendable {
        enum Table: String, Codable, Sendable {
            case pending = "pending_key"
            case watched = "watched_key"
        }
        var table: Table
        /// Source, stream, document key and version.
        var after: [String]

        static func start(of table: Table) -> Place { Place(table: table, after: ["", "", "", ""]) }
    }

    /// What goes down with one answer.
    struct Page {
        var pending: [KeyEntry] = []
        var watch: [KeyEntry] = []
        var isEmpty: Bool { pending.isEmpty && watch.isEmpty }
    }

    /// Sets down where the answer that is being made begins.
    /// - Parameter hasArrived: whether the answer before it is known to have been read; it is asked for again else.
    /// - Returns: whether anything is to be told at once.
    func begin(_ lease: Lease, hasArrived: Bool) throws -> Bool {
        let place: String?
        if lease.isGranted, lease.isFresh {
            place = try Self.text(.start(of: .pending))
        } else if lease.isGranted {
            place = try told(hasArrived ? "lists_next" : "lists_from")
        } else {
            return false
        }
        try statements.run(
            "UPDATE agent_lease SET lists_from = ?3, lists_next = ?3 WHERE tenant = ?1 AND name = ?2",
            [.text(name), SQLValue(place)])
        return place != nil
    }

    /// The page that begins where `begin` said; sets down where the next one does.
    func page() throws -> Page {
        guard let text = try told("lists_from") else { return Page() }
        let (page, next) = try page(from: JSONDecoder().decode(Place.self, from: Data(text.utf8)))
        try statements.run(
            "UPDATE agent_lease SET lists_next = ?3 WHERE tenant = ?1 AND name = ?2",
            [.text(name), SQLValue(try next.map(Self.text))])
        return page
    }

    private func page(from start: Place) throws -> (Page, next: Place?) {
        var page = Page()
        var room = Self.pageBytesLimit
        var place = start
        while true {
            let rows = try rows(behind: place)
            for row in rows {
                let entry = try entry(row, of: place.table)
                room -= entry.bytes.count
                if room < 0, !page.isEmpty { return (page, place) }
                switch place.table {
                case .pending: page.pending.append(entry)
                case .watched: page.watch.append(entry)
                }
                place.after = [entry.source, entry.stream, entry.key, entry.version]
            }
            guard rows.isEmpty else { continue }
            guard place.table == .pending else { return (page, nil) }
            place = .start(of: .watched)
        }
    }

    private func rows(behind place: Place) throws -> [SQLRow] {
        let reason = place.table == .pending ? "error_class" : "reason"
        return try statements.rows(
            """
            SELECT source, stream, document_key, version, stamp, \(reason) AS reason, detail, since_at
            FROM \(place.table.rawValue) WHERE tenant = ?1 AND name = ?2
                AND (source, stream, document_key, version) > (?3, ?4, ?5, ?6)
            ORDER BY source, stream, document_key, version LIMIT 500
            """, [.text(name)] + place.after.map(SQLValue.text))
    }

    /// As it came in its manifest; what cannot be read any more is named by its columns, for a key that is left out
    /// is forgotten (facts/channel.md H15).
    private func entry(_ row: SQLRow, of table: Place.Table) throws -> KeyEntry {
        if let entry = try row.optionalBlob("detail").flatMap({ try? KeyEntry(bytes: $0) }) { return entry }
        guard let stamp = try row.optionalText("stamp").flatMap({ LocalDateTime(sap: $0) }) else {
            throw ProtocolError.malformed("a stored key without a stamp")
        }
        return KeyEntry(
            source: try row.text("source"), stream: try row.text("stream"), key: try row.text("document_key"),
            stamp: stamp, version: try row.text("version"), reason: try row.text("reason"),
            since: try row.moment("since_at").timestamp)
    }

    private func told(_ column: String) throws -> String? {
        try statements.first(
            "SELECT \(column) FROM agent_lease WHERE tenant = ?1 AND name = ?2", [.text(name)]
        )?.optionalText(0)
    }

    private static func text(_ place: Place) throws -> String {
        String(decoding: try JSONEncoder().encode(place), as: UTF8.self)
    }
}
