package import ConnectorProtocol
internal import SQLStore
internal import Values

/// What the agent says of itself with every sync.
extension Spool {
    /// Reads it whole from the spool, in one transaction.
    /// - Parameters:
    ///   - source: `/sap/PRD/100`.
    ///   - ahead: how far the relay's clock is ahead of the host's.
    package func agentStatus(
        version: String, host: String, source: String, ahead: Duration,
    ) async throws -> AgentStatus {
        let shift = ahead.milliseconds
        return try await database.read { sql in
            let waiting = try sql.first(
                "SELECT coalesce(sum(events), 0), coalesce(sum(size), 0) FROM batches WHERE acknowledged = 0")
            let feeds = try sql.query(
                """
                SELECT s.stream, h.polled_at, h.error_class, h.sentence, h.stopped, c.cursor_local,
                    (SELECT count(*) FROM pending p WHERE p.stream = s.stream) AS pending,
                    (SELECT count(*) FROM watch w WHERE w.stream = s.stream) AS watched
                FROM streams s LEFT JOIN cursors c ON c.stream = s.stream AND c.tier = 1
                LEFT JOIN feed_health h ON h.feed = substr(s.stream, 1, instr(s.stream || '.', '.') - 1)
                ORDER BY s.stream
                """)
            return AgentStatus(
                version: version, host: host, spooledEvents: UInt64(try waiting?.integer(0) ?? 0),
                spooledBytes: UInt64(try waiting?.integer(1) ?? 0),
                feeds: try feeds.map { row in
                    let stopped = try row.optionalText("stopped").flatMap(FeedStop.init(rawValue:))
                    return FeedStatus(
                        source: source, stream: try row.text("stream"),
                        lastPoll: try row.optionalInteger("polled_at").map {
                            Timestamp(milliseconds: $0 + shift)
                        }, sapTime: try row.optionalLocalTime("cursor_local"),
                        pending: UInt64(try row.integer("pending")),
                        watched: UInt64(try row.integer("watched")),
                        errorClass: try stopped?.rawValue ?? row.optionalText("error_class") ?? "",
                        error: try (stopped?.sentence ?? row.optionalText("sentence") ?? "").cutForWire)
                }, clockDifference: .zero - ahead)
        }
    }
}

extension String {
    /// At most what a sentence of a status may hold in bytes: of a longer one the relay would take no sync at all.
    ///
    /// A character that is cut becomes U+FFFD, which is as long as the limit allows for.
    fileprivate var cutForWire: String {
        let limit = ProtocolLimits.sentenceBytesLimit
        guard utf8.count > limit else { return self }
        return String(decoding: utf8.prefix(limit - 9), as: UTF8.self)
    }
}
