internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

/// What the relay knows of a document beside the journal: what the agent could not read yet, what is not final, and
/// what came and could not be decoded.
package struct OpenDocument: Encodable, Sendable {
    /// A key that an agent keeps.
    package struct Key: Encodable, Sendable {
        /// Of the agents.
        package let name: String
        package let source: String
        /// The feed.
        package let stream: String
        package let key: String
        /// Error class of what is pending, or why it is watched.
        package let reason: String
        /// RFC 3339.
        package let since: String
    }

    /// The agent could not read it yet, and tries again.
    package let pending: [Key]
    /// It is not final yet; the agent reads it again until it is.
    package let watched: [Key]
    /// It came, and could not be taken into the journal.
    package let quarantined: [QuarantineEntry]
    /// Events in quarantine that do not even say what they are about: any of them may be it.
    package let unreadable: Int

    /// Keys and quarantined events of one document; more are of no use to a reader.
    private static let limit = 20

    /// Whether nothing names the document.
    package var isEmpty: Bool { pending.isEmpty && watched.isEmpty && quarantined.isEmpty }

    init(_ statements: TenantStatements, subject: String) throws {
        pending = try Self.keys("pending_key", reason: "error_class", statements, subject)
        watched = try Self.keys("watched_key", reason: "reason", statements, subject)
        var (found, unreadable): ([QuarantineEntry], Int) = ([], 0)
        // One event at a time: each may have a megabyte.
        try statements.forEach(
            """
            SELECT q.*, b.agent, b.digest, l.bytes FROM quarantine q
            JOIN batch b ON b.tenant = q.tenant AND b.batch = q.batch
            LEFT JOIN leaf l ON l.tenant = q.tenant AND l.batch = q.batch AND l.position = q.position
            WHERE q.tenant = ?1 AND q.state IN ('open', 'retry') ORDER BY q.batch, q.position
            """
        ) { row in
            guard let bytes = try row.optionalBlob("bytes"), let event = try? Event(bytes: bytes) else {
                unreadable += 1
                return
            }
            guard event.subject == subject, found.count < Self.limit else { return }
            found.append(try QuarantineEntry(row))
        }
        quarantined = found
        self.unreadable = unreadable
    }

    /// A document's key begins with its number, padded to ten characters where more parts follow.
    private static func keys(
        _ table: String, reason: String, _ statements: TenantStatements, _ subject: String,
    ) throws -> [Key] {
        try statements.rows(
            """
            SELECT name, source, stream, document_key, \(reason) AS reason, since_at FROM \(table)
            WHERE tenant = ?1 AND (document_key = ?2 OR rtrim(substr(document_key, 1, 10)) = ?2)
            ORDER BY since_at, stream, document_key, version LIMIT \(limit)
            """, [.text(subject)]
        ).map { row in
            Key(
                name: try row.text("name"), source: try row.text("source"), stream: try row.text("stream"),
                key: try row.text("document_key"), reason: try row.text("reason"),
                since: try row.moment("since_at").description)
        }
    }
}
