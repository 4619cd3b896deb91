internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore
internal import Values

/// Upload's transaction on any answer (facts/channel.md 2.2): all that one word of the relay means, or nothing.
extension Spool {
    /// Whose heads to ask about, and what is acknowledged of them; to be read before the request is sent.
    ///
    /// The open lineage, then those that something is kept of, the youngest first, as many as a request may name.
    package func askedHeads() async throws -> AskedHeads {
        try await database.read { sql in
            let rows = try sql.query(
                """
                SELECT lineage FROM lineages
                WHERE lineage = (SELECT lineage FROM agent)
                   OR lineage IN (SELECT lineage FROM batches WHERE body IS NOT NULL)
                ORDER BY lineage = (SELECT lineage FROM agent) DESC, drawn_at DESC, rowid DESC LIMIT ?
                """, [SQLValue(ProtocolLimits.lineageCountLimit)])
            var asked = AskedHeads(
                lineages: try rows.compactMap { Lineage(try $0.blob(0)) }, acknowledged: [:])
            for lineage in asked.lineages {
                for row in try sql.query(
                    "SELECT lane, acked_seq FROM lane_heads WHERE lineage = ?", [.blob(lineage.bytes)])
                {
                    guard let lane = Lane(rawValue: try row.text(0)) else { continue }
                    asked.acknowledged[LaneOfLineage(lineage, lane)] = UInt64(try row.integer(1))
                }
            }
            return asked
        }
    }

    /// What the relay's clock was ahead of the host's when an answer was applied last; nil before the first.
    package func relayAhead() async throws -> Duration? {
        try await database.read { sql in
            guard let row = try sql.first("SELECT relay_clock_known, relay_ahead_ms FROM agent"),
                try row.boolean(0)
            else { return nil }
            return .milliseconds(try row.integer(1))
        }
    }

    /// Acts on one word of the relay, in the order of facts/channel.md 2.2, in one transaction.
    package func apply(_ word: RelayWord) async throws -> AppliedWord {
        let now = clock.now
        let newLineage = random.bytes(16)
        let applied = try await database.write { sql in
            try AnswerTransaction(sql: sql, word: word, newLineage: newLineage, now: now).run()
        }
        signal.notify()
        return applied
    }
}

/// One answer inside a transaction.
struct AnswerTransaction {
    let sql: SQLConnection
    let word: RelayWord
    let newLineage: [UInt8]
    let now: Int64

    func run() throws -> AppliedWord {
        let isNewest = try isNewest()
        var applied = AppliedWord(decision: AnswerRules.decide(try standings(), try verdict()))
        for lost in applied.decision.lost {
            try bringBack(lost, resealed: applied.decision.newLineage != nil)
        }
        applied.reread = try forgetLost()
        if let reason = applied.decision.newLineage { try drawLineage(reason) }
        if applied.decision.acknowledged { try acknowledge() }
        if !applied.decision.lost.isEmpty {
            let reread = applied.reread == 0 ? "" : " \(applied.reread) facts are read from SAP again."
            try sql.notice(
                "connector.commits_lost", "The relay lost batches; they are sent again.\(reread)", at: now)
        }
        if isNewest, word.coverageCounts { try hearCoverage() }
        applied.setBackCursors = try sql.applyReachRule()
        if applied.reread > 0 || applied.decision.joinsLists { try announceLists() }
        if applied.decision.joinsLists { try sql.execute("UPDATE agent SET lists_wanted = 1") }
        try storeStanding(isNewest: isNewest)
        return applied
    }

    /// Whether this answer is the youngest that was heard; of another life of the relay each is.
    ///
    /// An answer is under way for two minutes at most: one that is older shows that the relay's clock went back.
    private func isNewest() throws -> Bool {
        guard let row = try sql.first("SELECT incarnation, relay_time_ms FROM agent") else { return true }
        let behind = try row.integer(1) - word.standing.time.milliseconds
        return try row.optionalBlob(0) != word.standing.incarnation || behind <= 0 || behind > 120_000
    }

    private func standings() throws -> [AnswerRules.LaneStanding] {
        let open = try sql.openLineage()
        var standings: [AnswerRules.LaneStanding] = []
        for head in word.standing.heads where word.asked.lineages.contains(head.lineage) {
            let own = try sql.laneHead(head.lineage, head.lane)
            let place = LaneOfLineage(head.lineage, head.lane)
            let acknowledged = word.asked.acknowledged[place] ?? 0
            standings.append(
                AnswerRules.LaneStanding(
                    lineage: head.lineage, lane: head.lane, isOpen: head.lineage == open,
                    acknowledgedWhenAsked: min(acknowledged, own.acknowledged), sealed: own.sealed,
                    head: head.sequence, headDigest: head.digest,
                    ownDigest: try ownDigest(place, head.sequence, own),
                    isEverythingLostKept: try isKept(place, from: head.sequence, through: own.acknowledged)))
        }
        return standings
    }

    private func ownDigest(
        _ place: LaneOfLineage, _ sequence: UInt64, _ own: LaneHead,
    ) throws -> Digest32? {
        if sequence == own.sealed { return own.digest }
        let row = try sql.first(
            "SELECT manifest_digest FROM batches WHERE lineage = ? AND lane = ? AND seq = ?",
            place.columns + [.integer(Int64(clamping: sequence))])
        return try row?.optionalBlob(0).flatMap(Digest32.init)
    }

    /// Whether each batch that was acknowledged beyond the head can be sent again.
    private func isKept(
        _ place: LaneOfLineage, from head: UInt64, through acknowledged: UInt64,
    ) throws -> Bool {
        guard head < acknowledged else { return true }
        let row = try sql.first(
            """
            SELECT count(*) FROM batches
            WHERE lineage = ? AND lane = ? AND seq > ? AND seq <= ? AND body IS NOT NULL
            """,
            place.columns + [.integer(Int64(clamping: head)), .integer(Int64(clamping: acknowledged))])
        return try UInt64(row?.integer(0) ?? 0) == acknowledged - head
    }

    /// What the answer says of its own request, if the batch is still what it was when it left.
    private func verdict() throws -> AnswerRules.Verdict {
        switch word.subject {
        case .acknowledged: .acknowledged
        case .refusedAsFork(let batch): try isUnchanged(batch) ? .fork : .neutral
        case .refusedAsGap(let batch): try isUnchanged(batch) ? .gap : .neutral
        case .refused, .sync: .neutral
        }
    }

    private func isUnchanged(_ batch: OutgoingBatch) throws -> Bool {
        try sql.first(
            """
            SELECT 1 FROM batches WHERE id = ? AND manifest_digest = ? AND acknowledged = 0 AND stale = 0
            """, [.integer(batch.id), .blob(batch.digest.bytes)]) != nil
    }

    private func acknowledge() throws {
        guard case .acknowledged(let batch, let acknowledgement) = word.subject else { return }
        let place = LaneOfLineage(batch.lineage, batch.lane)
        // Sealed again meanwhile, its content goes once more under another name, and the relay sees the same ids.
        let isHere =
            try sql.execute(
                """
                UPDATE batches SET acknowledged = 1, stale = 0, acknowledgement = ?, acknowledged_at = ?
                WHERE id = ? AND manifest_digest = ? AND body IS NOT NULL
                """,
                [
                    .blob(acknowledgement), .integer(word.standing.time.milliseconds), .integer(batch.id),
                    .blob(batch.digest.bytes),
                ]) > 0
        guard isHere else { return }
        try sql.execute(
            "UPDATE lane_heads SET acked_seq = max(acked_seq, ?) WHERE lineage = ? AND lane = ?",
            [.integer(Int64(batch.sequence))] + place.columns)
        try sql.execute("UPDATE link_health SET batch_at = ?, problem = NULL", [.integer(now)])
    }

    private func hearCoverage() throws {
        guard try sql.detects(word.source) else { return }
        try sql.execute("DELETE FROM relay_coverage")
        for covered in word.standing.coverage where covered.source == word.source {
            try sql.execute(
                """
                INSERT INTO relay_coverage (stream, tier, covered_local) VALUES (?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                [.text(covered.stream), SQLValue(covered.tier), covered.coveredUntil.sqlValue])
        }
        switch word.subject {
        case .acknowledged, .sync: try sql.execute("UPDATE agent SET coverage_known = 1")
        case .refusedAsFork, .refusedAsGap, .refused: break
        }
    }

    private func storeStanding(isNewest: Bool) throws {
        for head in word.standing.heads where word.asked.lineages.contains(head.lineage) {
            try sql.execute(
                """
                INSERT INTO relay_heads (lineage, lane, seq, digest) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (lineage, lane) DO UPDATE SET seq = ?3, digest = ?4
                """,
                LaneOfLineage(head.lineage, head.lane).columns
                    + [.integer(Int64(clamping: head.sequence)), SQLValue(head.digest?.bytes)])
        }
        try sql.execute(
            "UPDATE agent SET relay_ahead_ms = ?, relay_clock_known = 1", [.integer(word.ahead.milliseconds)])
        guard isNewest else { return }
        try sql.execute(
            "UPDATE agent SET incarnation = ?, relay_time_ms = ?, audit_head = coalesce(?, audit_head)",
            [
                .blob(word.standing.incarnation), .integer(word.standing.time.milliseconds),
                SQLValue(word.standing.audit?.digest.bytes),
            ])
    }
}

extension LaneOfLineage {
    /// Columns lineage and lane.
    var columns: [SQLValue] { [.blob(lineage.bytes), .text(lane.rawValue)] }
}
