internal import ConnectorProtocol
internal import SQLStore
package import Values

/// What detection asks the spool before it reads, and writes when a window is complete.
extension Spool {
    /// Where a stream stands; nil when this spool never read it.
    package func streamClock(
        _ stream: String, isDateOnly: Bool, depths: DetectionDepths,
    ) async throws -> StreamClock? {
        try await database.read { sql in
            try sql.streamClock(stream, isDateOnly: isDateOnly, depths: depths)
        }
    }

    /// How far the relay covers a stream by tier, as it last said, and whether it ever said anything.
    package func coverage(
        of stream: String,
    ) async throws -> (isKnown: Bool, covered: [Tier: LocalDateTime]) {
        try await database.read { sql in
            let known = try sql.first("SELECT coverage_known FROM agent")?.boolean(0) ?? false
            return (known, try sql.coverage(of: stream))
        }
    }

    /// Takes over what the relay said of its coverage, whole; from then on a stream without any has a baseline.
    package func hearCoverage(_ covered: [String: [Tier: LocalDateTime]]) async throws {
        try await database.write { sql in
            try sql.execute("DELETE FROM relay_coverage")
            for (stream, tiers) in covered {
                for (tier, until) in tiers {
                    try sql.execute(
                        "INSERT INTO relay_coverage (stream, tier, covered_local) VALUES (?, ?, ?)",
                        [.text(stream), SQLValue(tier.rawValue), until.sqlValue])
                }
            }
            try sql.execute("UPDATE agent SET coverage_known = 1")
        }
    }

    /// First run: sets keys of the baseline window down as seen and not told, as long as the stream has not begun.
    package func recordBaseline(_ keys: [StampedKey], stream: String) async throws {
        try await database.write { sql in
            guard try sql.first("SELECT stream FROM streams WHERE stream = ?", [.text(stream)]) == nil else {
                return
            }
            for key in keys {
                try sql.execute(
                    """
                    INSERT INTO ledger (stream, document_key, mark, stamp_local, baseline) VALUES (?, ?, ?, ?, 1)
                    ON CONFLICT DO NOTHING
                    """, SpoolKey(stream: stream, key: key).identity + [key.stamp.sqlValue])
            }
        }
    }

    /// First run, when the baseline is whole: claims of all tiers begin there.
    package func beginStream(_ stream: String, clock: StreamClock, from: LocalDateTime) async throws {
        let now = self.clock.now
        try await database.write { sql in
            guard try sql.first("SELECT stream FROM streams WHERE stream = ?", [.text(stream)]) == nil else {
                return
            }
            try sql.storeClock(clock, of: stream, at: now)
            for tier in Tier.allCases {
                let claim = Claim(stream: stream, tier: tier, from: from, readTo: clock.origin)
                try sql.addClaim(claim, isBaseline: true, promise: nil, lane: .live, at: now)
            }
        }
        signal.notify()
    }

    /// A spool that is new where the relay has coverage begins there, without a baseline.
    package func takeOverStream(_ stream: String, clock: StreamClock) async throws {
        let now = self.clock.now
        try await database.write { sql in
            guard try sql.first("SELECT stream FROM streams WHERE stream = ?", [.text(stream)]) == nil else {
                return
            }
            // What a baseline that was not finished set down as seen, nobody may have told.
            try sql.execute("DELETE FROM ledger WHERE stream = ?", [.text(stream)])
            try sql.storeClock(clock, of: stream, at: now)
        }
    }

    /// Those of `keys` that are neither in the ledger nor pending.
    package func unseen(_ keys: [StampedKey], stream: String) async throws -> [StampedKey] {
        try await database.read { sql in
            var seen: Set<SpoolKey> = []
            return try keys.filter { key in
                let spoolKey = SpoolKey(stream: stream, key: key)
                guard seen.insert(spoolKey).inserted else { return false }
                return try sql.first(
                    """
                    SELECT 1 FROM ledger WHERE stream = ?1 AND document_key = ?2 AND mark = ?3
                    UNION ALL
                    SELECT 1 FROM pending WHERE stream = ?1 AND document_key = ?2 AND mark = ?3
                    """, spoolKey.identity) == nil
            }
        }
    }

    /// Moves cursor, promise and claim together, once every key of the slice is in ledger or pending.
    ///
    /// The claim names all keys pending up to there and goes into the lane of the stream's events, behind them. The
    /// relay keeps it for ever: where thousands wait, the three stay where they are until so much more was read that
    /// the keys named in a day do not grow with their number.
    /// - Parameter clock: the stream's clock with the slice completed.
    /// - Returns: false when they stay.
    @discardableResult
    package func completeSlice(
        _ slice: StreamClock.Slice, tier: Tier, stream: String, clock: StreamClock,
    ) async throws -> Bool {
        let now = self.clock.now
        // A slice that moves no cursor is one of several.
        guard let readTo = slice.readTo else { return true }
        let isClaimed = try await database.write { sql in
            let claim = Claim(stream: stream, tier: tier, from: slice.claimFrom, readTo: readTo)
            guard try sql.isWorthAClaim(claim) else { return false }
            try sql.storeClock(clock, of: stream, at: now)
            let lane = try sql.lane(of: stream)
            try sql.addClaim(
                claim, isBaseline: false, promise: tier == .recent ? clock.promise : nil, lane: lane, at: now)
            return true
        }
        signal.notify()
        return isClaimed
    }

    /// Stores a clock that SAP has set back before anything else is read.
    package func storeClock(_ clock: StreamClock, of stream: String) async throws {
        let now = self.clock.now
        try await database.write { sql in try sql.storeClock(clock, of: stream, at: now) }
    }
}

extension SQLConnection {
    func streamClock(_ stream: String, isDateOnly: Bool, depths: DetectionDepths) throws -> StreamClock? {
        guard let row = try first("SELECT * FROM streams WHERE stream = ?", [.text(stream)]) else {
            return nil
        }
        var cursors: [Tier: LocalDateTime] = [:]
        try forEach("SELECT tier, cursor_local FROM cursors WHERE stream = ?", [.text(stream)]) { columns in
            guard let tier = Tier(rawValue: Int(try columns.integer(0))) else { return }
            cursors[tier] = try columns.localTime("cursor_local")
        }
        return StreamClock(
            origin: try row.localTime("origin_local"), cursors: cursors,
            promise: try row.optionalLocalTime("promise_local"),
            setBack: try row.optionalLocalTime("set_back_local"),
            isDateOnly: isDateOnly, depths: depths)
    }

    func storeClock(_ clock: StreamClock, of stream: String, at now: Int64) throws {
        try execute(
            """
            INSERT INTO streams (stream, origin_local, promise_local, set_back_local) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (stream) DO UPDATE SET promise_local = ?3, set_back_local = ?4
            """,
            [
                .text(stream), clock.origin.sqlValue, clock.promise?.sqlValue ?? .null,
                clock.setBack?.sqlValue ?? .null,
            ])
        for (tier, cursor) in clock.cursors {
            try execute(
                """
                INSERT INTO cursors (stream, tier, cursor_local, ran_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (stream, tier) DO UPDATE SET cursor_local = ?3, ran_at = ?4 WHERE cursor_local <> ?3
                """, [.text(stream), SQLValue(tier.rawValue), cursor.sqlValue, .integer(now)])
        }
    }

    func coverage(of stream: String) throws -> [Tier: LocalDateTime] {
        var covered: [Tier: LocalDateTime] = [:]
        try forEach(
            "SELECT tier, covered_local FROM relay_coverage WHERE stream = ?", [.text(stream)],
        ) { columns in
            guard let tier = Tier(rawValue: Int(try columns.integer(0))) else { return }
            covered[tier] = try columns.localTime("covered_local")
        }
        return covered
    }

    func lane(of stream: String) throws -> Lane {
        let text = try first("SELECT lane FROM streams WHERE stream = ?", [.text(stream)])?.text(0)
        return text == Lane.bulk.rawValue ? .bulk : .live
    }

    /// Whether a claim moves on far enough for the keys that it has to name: a minute for each 200 of them.
    fileprivate func isWorthAClaim(_ claim: Claim) throws -> Bool {
        let waiting =
            try first(
                "SELECT count(*) FROM pending WHERE stream = ? AND stamp_local <= ?",
                [.text(claim.stream), claim.readTo.sqlValue])?.integer(0) ?? 0
        let cursor = try first(
            "SELECT cursor_local FROM cursors WHERE stream = ? AND tier = ?",
            [.text(claim.stream), SQLValue(claim.tier.rawValue)])
        guard let cursor, waiting > 200 else { return true }
        let moved = try claim.readTo.secondsSinceEpoch - cursor.integer(0)
        return moved < 0 || moved >= waiting / 200 * 60
    }

    /// Puts a claim behind what its lane holds, with all keys of the stream that are pending up to its end.
    func addClaim(
        _ claim: Claim, isBaseline: Bool, promise: LocalDateTime?, lane: Lane, at now: Int64,
    ) throws {
        try execute(
            "INSERT INTO claims (stream, tier, from_local, read_to_local) VALUES (?, ?, ?, ?)",
            [
                .text(claim.stream), SQLValue(claim.tier.rawValue), claim.from.sqlValue,
                claim.readTo.sqlValue,
            ])
        let id = lastInsertedRow
        var lines = [
            FieldList.encode([
                String(id), isBaseline ? "1" : "0", promise.map { String($0.secondsSinceEpoch) } ?? "",
            ])
        ]
        let pending = try query(
            "SELECT * FROM pending WHERE stream = ? AND stamp_local <= ? ORDER BY stamp_local, document_key",
            [.text(claim.stream), claim.readTo.sqlValue])
        for row in pending { lines.append(try row.pendingEntry().text) }
        try addToOutbox(
            .claim, Array(lines.joined(separator: "\n").utf8), unit: nil, lane: lane, schema: nil, at: now)
    }
}
