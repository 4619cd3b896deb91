internal import ConnectorProtocol
internal import SQLStore
internal import Values

/// How far one stream of a feed has come, as the relay knows it from coverage and from the agents' last heartbeats.
package struct FeedProgress: Encodable, Sendable {
    /// Of the agents.
    package let name: String
    package let source: String
    package let stream: String
    /// RFC 3339; nil where no heartbeat told of a poll yet.
    package private(set) var lastPoll: String?
    /// SAP's own time up to which everything was delivered or is listed as pending; nil before the first claim.
    package private(set) var coveredUntil: String?
    /// What the last poll failed with; nil where it went well, or nothing is known of it.
    package private(set) var error: String?
    /// RFC 3339; when the agents told of it.
    package private(set) var heardAt: String

    /// All streams that are covered, or that an agent that is not revoked tells of.
    static func all(_ statements: TenantStatements) throws -> [FeedProgress] {
        var feeds = try covered(statements)
        let agents = try statements.rows(
            """
            SELECT name, status, status_at FROM agent
            WHERE tenant = ?1 AND revoked_at IS NULL AND status IS NOT NULL ORDER BY status_at, agent
            """)
        for row in agents {
            // What an agent said is kept as it came; one that cannot be read says nothing.
            guard let request = try? SyncRequest(bytes: try row.blob("status")) else { continue }
            let (name, heard) = (try row.text("name"), try row.moment("status_at").description)
            for said in request.status.feeds {
                let known = feeds.firstIndex { feed in
                    feed.name == name && feed.source == said.source && feed.stream == said.stream
                }
                var feed =
                    known.map { feeds.remove(at: $0) }
                    ?? FeedProgress(name: name, source: said.source, stream: said.stream, heardAt: heard)
                feed.lastPoll = said.lastPoll?.description
                feed.error = said.errorClass.isEmpty ? nil : "\(said.errorClass): \(said.error)"
                feed.heardAt = heard
                feeds.append(feed)
            }
        }
        return feeds.sorted { ($0.name, $0.source, $0.stream) < ($1.name, $1.source, $1.stream) }
    }

    private static func covered(_ statements: TenantStatements) throws -> [FeedProgress] {
        try statements.rows(
            """
            SELECT name, source, stream, max(covered_stamp) AS covered, max(moved_at) AS moved_at FROM coverage
            WHERE tenant = ?1 GROUP BY name, source, stream
            """
        ).map { row in
            FeedProgress(
                name: try row.text("name"), source: try row.text("source"), stream: try row.text("stream"),
                coveredUntil: LocalDateTime(sap: try row.text("covered"))?.description,
                heardAt: try row.moment("moved_at").description)
        }
    }

    /// One line.
    var line: String {
        let covered = coveredUntil.map { "delivered up to \($0) of SAP's time" } ?? "nothing delivered yet"
        let poll = lastPoll.map { ", polled last at \($0)" } ?? ""
        let failure = error.map { "; \($0)" } ?? ""
        return "Stream \(stream) of \(name) (\(source)): \(covered)\(poll)\(failure) (heard \(heardAt))"
    }
}
