package import ConnectorProtocol
internal import Cryptography
internal import SQLStore
internal import Values

/// Detection's transactions: documents into ledger and outbox, or aside into pending and watch.
extension Spool {
    /// Records documents that were read, all of them in one transaction with their ledger rows.
    ///
    /// Events whose id was told before are left out; each document is one unit of the outbox.
    /// - Throws: `SQLError`; `.full` when the disk is full, and then nothing was recorded.
    package func record(_ records: [DocumentRecord], stream: String) async throws {
        let now = clock.now
        let schedule = schedule
        try await database.write { sql in
            let lane = try sql.lane(of: stream)
            for record in records {
                try sql.record(record, stream: stream, lane: lane, schedule: schedule, at: now)
            }
        }
        signal.notify()
    }

    /// Masters that were read without a document asking: on demand of the relay.
    ///
    /// What the relay asked for is told even where the ledger says that nothing changed (facts/channel.md 2.6).
    package func recordMasters(_ events: [SpoolEvent], answered: [MasterReference]) async throws {
        let now = clock.now
        try await database.write { sql in
            for reference in answered {
                let key: [SQLValue] = [.text(reference.feed), .text(reference.key)]
                try sql.execute("DELETE FROM states WHERE kind = ? AND business_key = ?", key)
                try sql.execute(
                    "UPDATE read_requests SET answered_at = ? WHERE feed = ? AND key = ?",
                    [.integer(now)] + key)
            }
            for event in events {
                try sql.tell([event], stream: "", key: nil, lane: .live, moves: [], at: now)
            }
        }
        signal.notify()
    }

    /// Pending documents of a stream whose time has come, the longest due first, with the origin of their find.
    /// - Parameter suspects: those about which SAP gave no answer, and they alone; else all others.
    package func duePending(
        _ stream: String, limit: Int, suspects: Bool = false,
    ) async throws -> [(key: StampedKey, origin: Origin)] {
        let now = clock.now
        let longest = schedule.longestWait
        return try await database.read { sql in
            try sql.query(
                """
                SELECT * FROM pending WHERE stream = ?1 AND (next_try_at <= ?2 OR next_try_at > ?2 + ?3)
                AND (error_class = ?4) = ?5 ORDER BY next_try_at LIMIT ?6
                """,
                [
                    .text(stream), .integer(now), .integer(longest), .text(DetectionErrorClass.noAnswer),
                    SQLValue(suspects), SQLValue(limit),
                ]
            ).map { row in (try row.spoolKey().key, Origin(rawValue: try row.text("origin")) ?? .live) }
        }
    }

    /// Watched documents of a stream whose time has come.
    package func dueWatch(_ stream: String, limit: Int) async throws -> [StampedKey] {
        let now = clock.now
        let longest = schedule.longestWait
        return try await database.read { sql in
            try sql.query(
                """
                SELECT * FROM watch WHERE stream = ?1 AND (next_read_at <= ?2 OR next_read_at > ?2 + ?3)
                ORDER BY next_read_at LIMIT ?4
                """, [.text(stream), .integer(now), .integer(longest), SQLValue(limit)]
            ).map { try $0.spoolKey().key }
        }
    }

    /// Documents of a stream that are watched, and of which one look can tell something, the youngest first.
    package func watched(_ stream: String, limit: Int) async throws -> [StampedKey] {
        try await database.read { sql in
            try sql.query(
                """
                SELECT * FROM watch WHERE stream = ? AND failures = 0 AND stirred = 0
                ORDER BY stamp_local DESC LIMIT ?
                """, [.text(stream), SQLValue(limit)]
            ).map { try $0.spoolKey().key }
        }
    }

    /// Those of `documents` that are watched in a stream, whenever their time comes.
    package func watched(_ documents: [String], stream: String) async throws -> [StampedKey] {
        try await database.read { sql in
            try Set(documents).sorted().flatMap { document in
                try sql.query(
                    "SELECT * FROM watch WHERE stream = ? AND document_key = ? ORDER BY mark",
                    [.text(stream), .text(document)]
                ).map { try $0.spoolKey().key }
            }
        }
    }

    /// Those of `references` that were not read within `age`.
    package func stale(
        _ references: [MasterReference], age: Duration,
    ) async throws -> [MasterReference] {
        let now = clock.now
        return try await database.read { sql in
            try references.filter { reference in
                // One that was read in the future was read by a clock that has gone back since.
                try sql.first(
                    "SELECT 1 FROM states WHERE kind = ? AND business_key = ? AND read_at BETWEEN ? AND ?",
                    [
                        .text(reference.feed), .text(reference.key), .integer(now - age.milliseconds),
                        .integer(now),
                    ]) == nil
            }
        }
    }
}

extension SQLConnection {
    fileprivate func record(
        _ record: DocumentRecord, stream: String, lane: Lane, schedule: RetrySchedule, at now: Int64,
    ) throws {
        let key = SpoolKey(stream: stream, key: record.key)
        switch record.result {
        case .told(let events, let watch):
            var moves: [Move] = []
            if record.trigger == .pending, let left = try leave("pending", key) { moves.append(left) }
            if let reason = watch {
                let entered = try watchAgain(
                    key, reason: reason.rawValue, isStirred: record.trigger == .stirred, schedule: schedule,
                    at: now)
                if let entered { moves.append(entered) }
            } else if let left = try leave("watch", key) {
                moves.append(left)
            }
            let unit = try tell(events, stream: stream, key: key, lane: lane, moves: moves, at: now)
            guard !record.trigger.isWatch else { return }
            try execute(
                """
                INSERT INTO ledger (stream, document_key, mark, stamp_local, unit) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, key.identity + [record.key.stamp.sqlValue, SQLValue(unit)])
        case .failed(let errorClass, let sentence):
            try recordFailure(
                key, record: record, errorClass: errorClass, sentence: sentence, lane: lane,
                schedule: schedule,
                at: now)
        }
    }

    /// What entered or left a list, as a line of the outbox.
    struct Move {
        var kind: OutboxKind
        var text: String
    }

    private func recordFailure(
        _ key: SpoolKey, record: DocumentRecord, errorClass: String, sentence: String, lane: Lane,
        schedule: RetrySchedule, at now: Int64,
    ) throws {
        if record.trigger.isWatch {
            try execute(
                """
                UPDATE watch SET next_read_at = ? + min(3600000, 60000 * (failures + 1)), failures = failures + 1
                WHERE stream = ? AND document_key = ? AND mark = ?
                """, [.integer(now)] + key.identity)
            return
        }
        let tries =
            try first(
                "SELECT tries FROM pending WHERE stream = ? AND document_key = ? AND mark = ?", key.identity
            )?.integer(0) ?? 0
        let next = now + schedule.pending(errorClass: errorClass, tries: Int(tries) + 1)
        try execute(
            """
            INSERT INTO pending (stream, document_key, mark, version, stamp_local, hints, origin, error_class,
                sentence, tries, since_at, next_try_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?11)
            ON CONFLICT (stream, document_key, mark)
            DO UPDATE SET error_class = ?8, sentence = ?9, tries = tries + 1, next_try_at = ?11
            """,
            key.identity + [
                SQLValue(key.key.version), key.key.stamp.sqlValue, .text(key.key.hintsText),
                .text(record.origin.rawValue), .text(errorClass), .text(sentence), .integer(now),
                .integer(next),
            ])
        guard tries == 0 else { return }
        let entry = SpoolEntry(key: key, reason: errorClass, since: now)
        try addToOutbox(
            .pending, Array(("entered\n" + entry.text).utf8), unit: nil, lane: lane, schema: nil, at: now)
    }

    /// Takes a key out of `pending` or `watch`; nil when it was not there.
    private func leave(_ table: String, _ key: SpoolKey) throws -> Move? {
        guard
            let row = try first(
                "SELECT * FROM \(table) WHERE stream = ? AND document_key = ? AND mark = ?", key.identity)
        else { return nil }
        try execute("DELETE FROM \(table) WHERE stream = ? AND document_key = ? AND mark = ?", key.identity)
        let entry = table == "pending" ? try row.pendingEntry() : try row.watchEntry()
        return Move(kind: table == "pending" ? .pending : .watch, text: "left\n" + entry.text)
    }

    /// Enters a key into `watch`, or moves on its next reading; what has stirred is soon read again.
    /// - Returns: the move, when it was not there before.
    private func watchAgain(
        _ key: SpoolKey, reason: String, isStirred: Bool, schedule: RetrySchedule, at now: Int64,
    ) throws -> Move? {
        let row = try first(
            "SELECT reads FROM watch WHERE stream = ? AND document_key = ? AND mark = ?", key.identity)
        let reads = isStirred ? 0 : try (row?.integer(0) ?? -1) + 1
        try execute(
            """
            INSERT INTO watch (stream, document_key, mark, version, stamp_local, hints, reason, reads, since_at,
                next_read_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9)
            ON CONFLICT (stream, document_key, mark)
            DO UPDATE SET reason = ?7, reads = ?10, failures = 0, stirred = max(stirred, ?11), next_read_at = ?9
            """,
            key.identity + [
                SQLValue(key.key.version), key.key.stamp.sqlValue, .text(key.key.hintsText), .text(reason),
                .integer(now), .integer(now + schedule.watch(reads: Int(reads))), .integer(reads),
                SQLValue(isStirred),
            ])
        guard row == nil else { return nil }
        return Move(
            kind: .watch, text: "entered\n" + SpoolEntry(key: key, reason: reason, since: now).text)
    }

    /// Puts events and moves into the outbox as one unit, without those whose id or state was sent already.
    /// - Returns: the unit, nil when nothing was left to send.
    @discardableResult
    func tell(
        _ events: [SpoolEvent], stream: String, key: SpoolKey?, lane: Lane, moves: [Move], at now: Int64,
    ) throws -> Int64? {
        var unit: Int64?
        for event in events {
            if let state = event.state {
                guard try isNewState(state, at: now) else { continue }
            } else if let id = event.id {
                guard try first("SELECT 1 FROM told WHERE id = ?", [.blob(id.bytes)]) == nil else { continue }
            }
            try execute(
                "INSERT INTO schemas (digest, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [.blob(event.schema.digest.bytes), .blob(event.schema.bytes)])
            let row = try addToOutbox(
                .event, event.bytes, unit: unit, lane: lane, schema: event.schema.digest.bytes, at: now)
            let present = unit ?? row
            unit = present
            if let state = event.state {
                try execute(
                    """
                    INSERT INTO states (kind, business_key, digest, read_at, unit) VALUES (?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT (kind, business_key)
                    DO UPDATE SET digest = ?3, read_at = ?4, unit = ?5, batch = NULL
                    """,
                    [
                        .text(state.kind), .text(state.key), .blob(state.digest.bytes),
                        .integer(state.begunAt), .integer(present),
                    ])
            } else if let id = event.id, let key {
                try execute(
                    """
                    INSERT INTO told (id, stream, document_key, mark, version, stamp_local, unit)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                    [.blob(id.bytes)] + key.identity
                        + [SQLValue(key.key.version), key.key.stamp.sqlValue, .integer(present)])
            }
        }
        for move in moves {
            let row = try addToOutbox(
                move.kind, Array(move.text.utf8), unit: unit, lane: lane, schema: nil, at: now)
            unit = unit ?? row
        }
        return unit
    }

    /// Whether a state differs from the one sent last; an equal one only counts as read now.
    ///
    /// The relay takes the later of one lineage for the newer: a reading that another feed has overtaken is left out.
    private func isNewState(_ state: SpoolEvent.State, at now: Int64) throws -> Bool {
        let identity: [SQLValue] = [.text(state.kind), .text(state.key)]
        let begun = SQLValue.integer(state.begunAt)
        let isOvertaken =
            try first(
                "SELECT 1 FROM states WHERE kind = ? AND business_key = ? AND read_at > ? AND read_at <= ?",
                identity + [begun, .integer(now)]) != nil
        guard !isOvertaken else { return false }
        return try execute(
            "UPDATE states SET read_at = ? WHERE kind = ? AND business_key = ? AND digest = ?",
            [begun] + identity + [.blob(state.digest.bytes)]) == 0
    }

    /// What a row of the outbox holds.
    enum OutboxKind: String { case event, claim, pending, watch }

    /// Appends to the outbox; without a unit the row is one of its own.
    /// - Returns: the row's id.
    @discardableResult
    func addToOutbox(
        _ kind: OutboxKind, _ bytes: [UInt8], unit: Int64?, lane: Lane, schema: [UInt8]?, at now: Int64,
    ) throws -> Int64 {
        try execute(
            "INSERT INTO outbox (lane, unit, kind, schema, bytes, at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .text(lane.rawValue), SQLValue(unit ?? 0), .text(kind.rawValue), SQLValue(schema),
                .blob(bytes),
                .integer(now),
            ])
        let row = lastInsertedRow
        if unit == nil { try execute("UPDATE outbox SET unit = id WHERE id = ?", [.integer(row)]) }
        return row
    }
}
