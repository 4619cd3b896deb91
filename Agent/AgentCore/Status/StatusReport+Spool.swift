internal import Cryptography
package import SQLStore
internal import Values

/// Reads the report in one transaction, so that its parts belong together.
extension StatusReport {
    /// - Parameters:
    ///   - database: the spool, open for reading at least.
    ///   - spoolBytesLimit: what may wait for the relay.
    ///   - isRunning: whether an agent runs on it.
    /// - Throws: `SQLError`, `SpoolError.damaged`.
    package static func read(
        from database: any SQLDatabase, spoolBytesLimit: Int64, isRunning: Bool?,
    ) async throws -> Self {
        try await database.read { sql in
            try StatusReport(sql, spoolBytesLimit: spoolBytesLimit, isRunning: isRunning)
        }
    }

    private init(_ sql: SQLConnection, spoolBytesLimit: Int64, isRunning: Bool?) throws {
        guard let agent = try sql.first("SELECT * FROM agent") else {
            throw SpoolError.damaged("it has no agent")
        }
        let until = try agent.integer("lease_until_at")
        let ahead = try agent.integer("relay_ahead_ms")
        let lanes = try sql.query("SELECT column1 AS lane FROM (VALUES ('live'), ('bulk'))")
            .map { try sql.laneState(try $0.text(0)) }
        self.init(
            isRunning: isRunning, lineage: Hexadecimal.encode(try agent.blob("lineage")),
            created: Self.instant(try agent.integer("created_at")),
            lease: LeaseState(
                isHeld: try agent.boolean("lease_held"), epoch: try agent.integer("lease_epoch"),
                until: until == 0 ? nil : Self.instant(until)),
            system: SystemState(
                pinned: try agent.optionalText("system_pin").flatMap(SystemPin.init(text:))?.summary,
                met: try agent.optionalText("system_met").flatMap(SystemPin.init(text:))?.summary),
            link: try sql.linkState(ahead: try agent.boolean("relay_clock_known") ? ahead : nil),
            feeds: try sql.feedStates(), streams: try sql.streamStates(),
            pending: try sql.keyStates(
                "SELECT *, error_class AS reason, next_try_at AS next_at FROM pending"),
            pendingCount: try sql.count("SELECT count(*) FROM pending"),
            watch: try sql.keyStates(
                "SELECT *, NULL AS sentence, reads AS tries, next_read_at AS next_at FROM watch"),
            watchCount: try sql.count("SELECT count(*) FROM watch"), lanes: lanes,
            gates: try sql.gateStates(), notices: try sql.noticeStates(),
            callsTaken: try sql.count("SELECT count(*) FROM call_slots"),
            spoolBytes: lanes.reduce(0) { $0 + $1.waitingBytes }, spoolBytesLimit: spoolBytesLimit)
    }

    fileprivate static func instant(_ milliseconds: Int64) -> String {
        Timestamp(milliseconds: milliseconds).description
    }

    fileprivate static func stamp(_ seconds: Int64) -> String { LocalDateTime.clamped(seconds).description }
}

extension SQLConnection {
    fileprivate func count(_ query: String, _ values: [SQLValue] = []) throws -> Int64 {
        try first(query, values)?.integer(0) ?? 0
    }

    fileprivate func linkState(ahead: Int64?) throws -> StatusReport.LinkState {
        let row = try first("SELECT * FROM link_health")
        return StatusReport.LinkState(
            lastBatch: try row?.optionalInteger("batch_at").map(StatusReport.instant),
            lastSync: try row?.optionalInteger("sync_at").map(StatusReport.instant),
            problem: try row?.optionalText("problem"),
            problemSince: try row?.optionalInteger("problem_at").map(StatusReport.instant),
            clockAheadMilliseconds: ahead,
            auditHead: try first("SELECT audit_head FROM agent")?.optionalBlob(0).map(Hexadecimal.encode))
    }

    fileprivate func feedStates() throws -> [StatusReport.FeedState] {
        try query("SELECT * FROM feed_health ORDER BY feed").map { row in
            StatusReport.FeedState(
                feed: try row.text("feed"),
                polled: try row.optionalInteger("polled_at").map(StatusReport.instant),
                succeeded: try row.optionalInteger("succeeded_at").map(StatusReport.instant),
                stopped: try row.optionalText("stopped"), errorClass: try row.optionalText("error_class"),
                sentence: try row.optionalText("sentence"))
        }
    }

    fileprivate func streamStates() throws -> [StatusReport.StreamState] {
        try query("SELECT * FROM streams ORDER BY stream").map { row in
            let name = try row.text("stream")
            let cursors = try query(
                """
                SELECT tier, cursor_local, ran_at, covered_local
                FROM cursors LEFT JOIN relay_coverage USING (stream, tier) WHERE stream = ? ORDER BY tier
                """, [.text(name)])
            return StatusReport.StreamState(
                stream: name, toldFrom: StatusReport.stamp(try row.integer("origin_local")),
                promise: try row.optionalInteger("promise_local").map(StatusReport.stamp),
                setBack: try row.optionalInteger("set_back_local").map(StatusReport.stamp),
                cursors: try cursors.map { cursor in
                    StatusReport.CursorState(
                        tier: try cursor.integer("tier"),
                        cursor: StatusReport.stamp(try cursor.integer("cursor_local")),
                        ran: StatusReport.instant(try cursor.integer("ran_at")),
                        covered: try cursor.optionalInteger("covered_local").map(StatusReport.stamp))
                },
                pending: try count("SELECT count(*) FROM pending WHERE stream = ?", [.text(name)]),
                watched: try count("SELECT count(*) FROM watch WHERE stream = ?", [.text(name)]))
        }
    }

    fileprivate func keyStates(_ selection: String) throws -> [StatusReport.KeyState] {
        try query("\(selection) ORDER BY since_at, stream, document_key LIMIT \(StatusReport.listLimit)")
            .map { row in
                StatusReport.KeyState(
                    stream: try row.text("stream"), document: try row.text("document_key"),
                    reason: try row.text("reason"), sentence: try row.optionalText("sentence"),
                    tries: try row.integer("tries"),
                    since: StatusReport.instant(try row.integer("since_at")),
                    next: StatusReport.instant(try row.integer("next_at")))
            }
    }

    fileprivate func laneState(_ lane: String) throws -> StatusReport.LaneState {
        let name: [SQLValue] = [.text(lane)]
        let head = try first(
            "SELECT sealed_seq, acked_seq FROM lane_heads JOIN agent USING (lineage) WHERE lane = ?", name)
        let waiting = try first(
            """
            SELECT count(*), coalesce(sum(events), 0), coalesce(sum(size), 0) FROM batches
            WHERE lane = ? AND acknowledged = 0
            """, name)
        let loose = try first(
            "SELECT count(*), coalesce(sum(length(bytes)), 0) FROM outbox WHERE lane = ?", name)
        return StatusReport.LaneState(
            lane: lane, sealed: try head?.integer(0) ?? 0, acknowledged: try head?.integer(1) ?? 0,
            waitingBatches: try waiting?.integer(0) ?? 0, waitingEvents: try waiting?.integer(1) ?? 0,
            waitingBytes: try (waiting?.integer(2) ?? 0) + (loose?.integer(1) ?? 0),
            unsealed: try loose?.integer(0) ?? 0)
    }

    fileprivate func noticeStates() throws -> [StatusReport.NoticeState] {
        try query("SELECT * FROM notices ORDER BY id DESC LIMIT \(StatusReport.noticeLimit)").map { row in
            StatusReport.NoticeState(
                type: try row.text("type"), text: try row.text("text"),
                at: StatusReport.instant(try row.integer("at")))
        }
    }

    fileprivate func gateStates() throws -> [StatusReport.GateState] {
        try query("SELECT * FROM logon_gates ORDER BY system, client, user").map { row in
            StatusReport.GateState(
                system: try row.text("system"), client: try row.text("client"), user: try row.text("user"),
                isClosed: try row.boolean("closed"), reason: try row.optionalText("closed_reason"),
                closed: try row.optionalInteger("closed_at").map(StatusReport.instant))
        }
    }
}
