internal import ConnectorProtocol
internal import SQLStore
internal import Values

/// How far one feed of one agent has come, as the relay knows it from coverage and the agent's last heartbeat.
package struct FeedProgress: Encodable, Sendable {
    package let agent: String
    /// Of the agents.
    package let name: String
    package let source: String
    /// The feed.
    package let stream: String
    /// RFC 3339; nil before the first poll.
    package let lastPoll: String?
    /// SAP's own time up to which everything was delivered or is listed as pending; nil before the first claim.
    package let coveredUntil: String?
    /// What the last poll failed with; nil when it went well.
    package let error: String?
    /// RFC 3339; when the agent said so.
    package let saidAt: String

    /// The feeds of all agents that are not revoked.
    static func all(_ statements: TenantStatements) throws -> [FeedProgress] {
        let agents = try statements.rows(
            """
            SELECT agent, name, status, status_at FROM agent
            WHERE tenant = ?1 AND revoked_at IS NULL AND status IS NOT NULL ORDER BY name, created_at, agent
            """)
        var feeds: [FeedProgress] = []
        for row in agents {
            // What an agent said is kept as it came; one that cannot be read says nothing.
            guard let request = try? SyncRequest(bytes: try row.blob("status")) else { continue }
            let name = try row.text("name")
            for feed in request.status.feeds {
                feeds.append(
                    FeedProgress(
                        agent: try row.text("agent"), name: name, source: feed.source, stream: feed.stream,
                        lastPoll: feed.lastPoll?.description,
                        coveredUntil: try covered(name, feed, statements),
                        error: feed.errorClass.isEmpty ? nil : "\(feed.errorClass): \(feed.error)",
                        saidAt: try row.moment("status_at").description))
            }
        }
        return feeds
    }

    private static func covered(
        _ name: String, _ feed: FeedStatus, _ statements: TenantStatements,
    ) throws -> String? {
        let row = try statements.first(
            """
            SELECT max(covered_stamp) FROM coverage
            WHERE tenant = ?1 AND name = ?2 AND source = ?3 AND stream = ?4
            """, [.text(name), .text(feed.source), .text(feed.stream)])
        return try row?.optionalText(0).flatMap { LocalDateTime(sap: $0)?.description }
    }

    /// One line.
    var line: String {
        let poll = lastPoll.map { "polled last at \($0)" } ?? "not polled yet"
        let covered = coveredUntil.map { ", delivered up to \($0) of SAP's time" } ?? ""
        return "Feed \(stream) of \(name) (\(source)): \(poll)\(covered)"
            + (error.map { "; \($0)" } ?? "") + " (heard \(saidAt))"
    }
}
