internal import ConnectorProtocol
internal import SQLStore
internal import Values

/// What the relay has lost: it goes back, or is read from SAP again (facts/channel.md 2.2, H12 and H14).
extension AnswerTransaction {
    /// Kept batches beyond the relay's head go back before everything that was never acknowledged: their rows
    /// are older.
    ///
    /// Each shows the acknowledgement it had got, unless it has to be sealed again.
    func bringBack(_ lost: AnswerRules.LaneStanding, resealed: Bool) throws {
        let place = LaneOfLineage(lost.lineage, lost.lane).columns
        let head = SQLValue.integer(Int64(clamping: lost.head))
        try sql.execute(
            """
            UPDATE batches SET acknowledged = 0, acknowledged_at = NULL, stale = ?
            WHERE lineage = ? AND lane = ? AND seq > ? AND acknowledged = 1 AND body IS NOT NULL
            """, [SQLValue(resealed)] + place + [head])
        try sql.execute(
            "UPDATE lane_heads SET acked_seq = min(acked_seq, ?) WHERE lineage = ? AND lane = ?",
            [head] + place)
    }

    /// Forgets what neither the relay nor this spool holds, and sets its documents aside to be read again.
    /// - Returns: how many facts were forgotten.
    func forgetLost() throws -> Int {
        var forgotten = 0
        for head in word.standing.heads where word.asked.lineages.contains(head.lineage) {
            let gone = try sql.query(
                """
                SELECT id FROM batches
                WHERE lineage = ? AND lane = ? AND seq > ? AND body IS NULL ORDER BY id
                """,
                LaneOfLineage(head.lineage, head.lane).columns + [.integer(Int64(clamping: head.sequence))])
            for row in gone { forgotten += try forget(batch: try row.integer(0)) }
        }
        return forgotten
    }

    private func forget(batch: Int64) throws -> Int {
        let carried = "batch = ?1 OR unit IN (SELECT unit FROM split_units WHERE batch = ?1)"
        let lost = try sql.query(
            """
            SELECT stream, document_key, mark, version, stamp_local FROM told WHERE \(carried)
            UNION SELECT stream, document_key, mark, NULL, stamp_local FROM ledger
            WHERE (\(carried)) AND baseline = 0
            ORDER BY stream, document_key, mark, version DESC
            """, [.integer(batch)])
        for row in lost { try readAgain(row) }
        for table in ["ledger", "told", "states"] {
            try sql.execute("DELETE FROM \(table) WHERE \(carried)", [.integer(batch)])
        }
        for table in ["claims", "split_units"] {
            try sql.execute("DELETE FROM \(table) WHERE batch = ?", [.integer(batch)])
        }
        try sql.execute("DELETE FROM batches WHERE id = ?", [.integer(batch)])
        return lost.count
    }

    /// A parked document may be far older than any window: it is read by its key.
    ///
    /// The ledger's row goes even where another batch carries it, so that the reading counts.
    private func readAgain(_ row: SQLRow) throws {
        let identity: [SQLValue] = [
            .text(try row.text("stream")), .text(try row.text("document_key")), .text(try row.text("mark")),
        ]
        guard try !row.text("stream").isEmpty else { return }
        let stamp = try row.localTime("stamp_local")
        let promise = try sql.first(
            "SELECT promise_local FROM streams WHERE stream = ?", [identity[0]]
        )?.optionalLocalTime("promise_local")
        let origin: Origin = promise.map { stamp <= $0 } ?? false ? .late : .live
        // The mark of a stream whose facts come once is its stamp; anything else is the version.
        let mark = try row.text("mark")
        let version = try row.optionalText("version") ?? (mark == stamp.sapText ? nil : mark)
        try sql.execute(
            """
            INSERT INTO pending (stream, document_key, mark, version, stamp_local, origin, error_class, sentence,
                tries, since_at, next_try_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'lost', 'The relay lost it, and it is no longer kept here.', 0, ?7, ?7)
            ON CONFLICT DO NOTHING
            """,
            identity + [
                SQLValue(version), stamp.sqlValue, .text(origin.rawValue), .integer(now),
            ])
        // The relay may have lost that it left the watch: it is on both lists, and leaves both by being read.
        try sql.execute(
            """
            INSERT INTO watch (stream, document_key, mark, version, stamp_local, reason, reads, since_at,
                next_read_at)
            VALUES (?1, ?2, ?3, ?4, ?5, 'lost', 0, ?6, ?6) ON CONFLICT DO NOTHING
            """, identity + [SQLValue(version), stamp.sqlValue, .integer(now)])
        try sql.execute(
            "DELETE FROM ledger WHERE stream = ? AND document_key = ? AND mark = ? AND baseline = 0", identity
        )
    }

    /// States all of pending and watch anew: what the relay knew of them may have been in what was lost.
    func announceLists() throws {
        for (table, kind) in [("pending", SQLConnection.OutboxKind.pending), ("watch", .watch)] {
            for row in try sql.query("SELECT * FROM \(table) ORDER BY stream, document_key, mark") {
                let entry = table == "pending" ? try row.pendingEntry() : try row.watchEntry()
                try sql.addToOutbox(
                    kind, Array(("entered\n" + entry.text).utf8), unit: nil,
                    lane: try sql.lane(of: entry.key.stream), schema: nil, at: now)
            }
        }
    }
}
