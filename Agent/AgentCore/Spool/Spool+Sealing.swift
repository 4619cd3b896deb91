package import ConnectorProtocol
package import Cryptography
internal import SQLStore
internal import Values

/// A batch as it leaves: these same bytes, however often it is sent.
package struct OutgoingBatch: Equatable, Sendable {
    /// Row of the spool; stays the same when the content is sealed again.
    package var id: Int64
    package var lineage: Lineage
    package var lane: Lane
    package var sequence: UInt64
    package var digest: Digest32
    package var body: [UInt8]
    package var events: Int
    /// The acknowledgement it had got before the relay lost it.
    package var acknowledgement: [UInt8]?
}

/// Upload's transactions up to the first byte on the wire: content becomes durable batches, salts and all.
extension Spool {
    /// Who seals: the parts of a manifest that the spool does not hold.
    package struct Sealer: Sendable {
        /// Agent id as the relay named it at pairing.
        package var agent: String
        /// `/sap/PRD/100`.
        package var source: String

        package init(agent: String, source: String) {
            self.agent = agent
            self.source = source
        }
    }

    /// Makes the next batch of `lane` ready and hands it out: the oldest that is not acknowledged.
    ///
    /// A batch of an old lineage is sealed again first; when none waits, whatever the outbox holds is sealed,
    /// be it one event, so that the last event never waits for another.
    /// - Returns: nil when the lane has nothing to send.
    package func nextBatch(_ lane: Lane, _ sealer: Sealer) async throws -> OutgoingBatch? {
        let (now, random, limits) = (clock.now, random, limits)
        return try await database.write { sql in
            let context = SealingContext(
                sql: sql, lane: lane, sealer: sealer, random: random, bytesLimit: limits.batchBytesLimit,
                now: now)
            if let waiting = try context.oldestWaiting() {
                return waiting.isStale ? try context.resealed(waiting.batch) : waiting.batch
            }
            return try context.sealFromOutbox()
        }
    }

    /// Seals whole batches of what has piled up while the lane waits, so that the outbox stays small.
    package func sealFullBatches(_ lane: Lane, _ sealer: Sealer) async throws {
        let (now, random, limits) = (clock.now, random, limits)
        try await database.write { sql in
            let context = SealingContext(
                sql: sql, lane: lane, sealer: sealer, random: random, bytesLimit: limits.batchBytesLimit,
                now: now)
            while try context.hasFullBatch() {
                guard try context.sealFromOutbox() != nil else { return }
            }
        }
    }

    /// Whether the lane has anything that the relay has not acknowledged.
    package func hasWork(_ lane: Lane) async throws -> Bool {
        try await database.read { sql in
            try sql.first(
                """
                SELECT 1 FROM batches WHERE lane = ?1 AND acknowledged = 0
                UNION ALL SELECT 1 FROM outbox WHERE lane = ?1 LIMIT 1
                """, [.text(lane.rawValue)]) != nil
        }
    }
}

/// One sealing inside a transaction.
private struct SealingContext {
    let sql: SQLConnection
    let lane: Lane
    let sealer: Spool.Sealer
    let random: SecureRandom
    let bytesLimit: Int
    let now: Int64

    func oldestWaiting() throws -> (batch: OutgoingBatch, isStale: Bool)? {
        guard
            let row = try sql.first(
                "SELECT * FROM batches WHERE lane = ? AND acknowledged = 0 ORDER BY id LIMIT 1",
                [.text(lane.rawValue)])
        else { return nil }
        return (try OutgoingBatch(row: row), try row.boolean("stale"))
    }

    func hasFullBatch() throws -> Bool {
        let stale = try sql.first(
            "SELECT 1 FROM batches WHERE lane = ? AND acknowledged = 0 AND stale = 1 LIMIT 1",
            [.text(lane.rawValue)])
        guard stale == nil else { return false }
        let row = try sql.first(
            "SELECT count(*), coalesce(sum(length(bytes)), 0) FROM outbox WHERE lane = ?",
            [.text(lane.rawValue)])
        guard let row else { return false }
        return try row.integer(0) > Int64(ProtocolLimits.eventCountLimit)
            || row.integer(1) > Int64(bytesLimit)
    }

    /// What one batch takes from the outbox.
    private struct Content {
        var size: BatchSize
        var rows: [Int64] = []
        var units: Set<Int64> = []
        var events: [[UInt8]] = []
        var schemaDigests: [[UInt8]] = []
        var claims: [CoverageClaim] = []
        var claimIDs: [Int64] = []
        var pending = MoveList()
        var watch = MoveList()
        /// A row that alone is larger than a batch.
        var hopeless: SQLRow?
    }

    /// Seals as much as one batch holds; what no batch can hold is taken out first, and told.
    func sealFromOutbox() throws -> OutgoingBatch? {
        var content = try collect()
        while let hopeless = content.hopeless {
            try withdraw(hopeless)
            content = try collect()
        }
        guard !content.rows.isEmpty else { return nil }
        let sealed = try seal(
            events: content.events, schemas: content.schemaDigests, claims: content.claims,
            pending: content.pending.keyMoves, watch: content.watch.keyMoves)
        try sql.execute(
            """
            INSERT INTO batches (lane, lineage, seq, manifest_digest, events, size, body, sealed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(lane.rawValue), .blob(sealed.manifest.lineage.bytes),
                .integer(Int64(sealed.manifest.sequence)), .blob(sealed.digest.bytes),
                SQLValue(content.events.count), SQLValue(sealed.body.count), .blob(sealed.body),
                .integer(now),
            ])
        let id = sql.lastInsertedRow
        try move(content, to: id)
        return OutgoingBatch(
            id: id, lineage: sealed.manifest.lineage, lane: lane, sequence: sealed.manifest.sequence,
            digest: sealed.digest, body: sealed.body, events: content.events.count, acknowledgement: nil)
    }

    private func collect() throws -> Content {
        let ahead = try sql.first("SELECT relay_ahead_ms FROM agent")?.integer(0) ?? 0
        var content = Content(size: BatchSize(unpackedBytesLimit: bytesLimit))
        var unit: Int64?
        var beforeUnit = content
        while content.rows.count < rowsOfBatch {
            // A few at a time: what waits may be far more than one batch, and each event as large as 1 MiB.
            let rows = try sql.query(
                "SELECT * FROM outbox WHERE lane = ? AND id > ? ORDER BY id LIMIT 32",
                [.text(lane.rawValue), .integer(content.rows.last ?? 0)])
            guard !rows.isEmpty else { return content }
            for row in rows {
                if try row.integer("unit") != unit {
                    unit = try row.integer("unit")
                    beforeUnit = content
                }
                guard try add(row, to: &content, ahead: ahead) else {
                    // A unit stays whole where it can: only one that is larger than a batch is split.
                    if !beforeUnit.rows.isEmpty { return beforeUnit }
                    if content.rows.isEmpty { content.hopeless = row }
                    return content
                }
            }
        }
        return content
    }

    /// Rows of the outbox in one batch; the largest count of events is reached long before.
    private var rowsOfBatch: Int { 4_000 }

    /// Takes out what is larger than any batch, so that the lane is not stuck behind it (facts/channel.md C3).
    ///
    /// That can be a claim alone, for it names all that is pending. Without it nothing is claimed: the cursor goes
    /// back by the reach rule, and the window is read and claimed again when less is pending.
    private func withdraw(_ row: SQLRow) throws {
        guard try row.text("kind") == SQLConnection.OutboxKind.claim.rawValue else {
            throw SpoolError.damaged("something larger than a batch waits")
        }
        let (id, claim) = try claim(from: try row.blob("bytes"), ahead: 0)
        try sql.execute("DELETE FROM outbox WHERE id = ?", [.integer(try row.integer("id"))])
        try sql.execute("DELETE FROM claims WHERE id = ?", [.integer(id)])
        _ = try sql.applyReachRule()
        let last = try sql.first("SELECT type, text FROM notices ORDER BY id DESC LIMIT 1")
        let text =
            "\(claim.stream): so many documents are pending that their coverage cannot be claimed. "
            + "Mend what keeps them from being read."
        guard try last?.text(1) != text else { return }
        try sql.notice("connector.coverage_withheld", text, at: now)
    }

    private func add(_ row: SQLRow, to content: inout Content, ahead: Int64) throws -> Bool {
        let bytes = try row.blob("bytes")
        guard let kind = SQLConnection.OutboxKind(rawValue: try row.text("kind")) else {
            throw SpoolError.damaged("something of an unknown kind waits")
        }
        switch kind {
        case .event:
            let schema = try row.blob("schema")
            let isNew = !content.schemaDigests.contains(schema)
            // Counted whether this lineage has carried it or not: sealed again, the content must still fit.
            let cost = isNew ? try schemaBytes(schema).count : 0
            guard content.size.add(eventBytes: bytes.count, schemaBytes: cost) else { return false }
            if isNew { content.schemaDigests.append(schema) }
            content.events.append(bytes)
        case .claim:
            let (id, claim) = try claim(from: bytes, ahead: ahead)
            guard content.size.add(claim) else { return false }
            content.claims.append(claim)
            content.claimIDs.append(id)
        case .pending, .watch:
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            // Left out, its row would be deleted with the others and the key forgotten (channel.md H15).
            guard lines.count == 2, let entry = SpoolEntry(text: lines[1]) else {
                throw SpoolError.damaged("a pending or watched key that waits cannot be read")
            }
            let keyEntry = entry.keyEntry(source: sealer.source, ahead: ahead)
            let isEntry = lines[0] != "left"
            let moves = isEntry ? KeyMoves(entered: [keyEntry]) : KeyMoves(left: [keyEntry])
            guard content.size.add(moves) else { return false }
            if kind == .pending {
                content.pending.add(keyEntry, isEntry: isEntry)
            } else {
                content.watch.add(keyEntry, isEntry: isEntry)
            }
        }
        content.rows.append(try row.integer("id"))
        content.units.insert(try row.integer("unit"))
        return true
    }

    /// - Throws: `SpoolError.damaged` for a claim that cannot be read: left out, what it covers would never join.
    private func claim(from bytes: [UInt8], ahead: Int64) throws -> (id: Int64, claim: CoverageClaim) {
        let damaged = SpoolError.damaged("a claim of coverage that waits cannot be read")
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let head = lines.first else { throw damaged }
        let fields = FieldList.decode(head)
        guard fields.count == 3, let id = Int64(fields[0]),
            let row = try sql.first("SELECT * FROM claims WHERE id = ?", [.integer(id)])
        else { throw damaged }
        let pending = try lines.dropFirst().map { line in
            guard let entry = SpoolEntry(text: line) else { throw damaged }
            return entry.keyEntry(source: sealer.source, ahead: ahead)
        }
        let claim = CoverageClaim(
            source: sealer.source, stream: try row.text("stream"), tier: Int(try row.integer("tier")),
            from: try row.localTime("from_local"), readTo: try row.localTime("read_to_local"),
            pending: pending, isBaseline: fields[1] == "1",
            promise: Int64(fields[2]).map { .clamped($0) })
        return (id, claim)
    }

    private func move(_ content: Content, to batch: Int64) throws {
        for row in content.rows { try sql.execute("DELETE FROM outbox WHERE id = ?", [.integer(row)]) }
        for unit in content.units {
            let isSplit = try isSplit(unit, by: batch)
            for table in ["ledger", "told", "states"] {
                try sql.execute(
                    "UPDATE \(table) SET batch = ?1\(isSplit ? "" : ", unit = NULL") WHERE unit = ?2",
                    [.integer(batch), .integer(unit)])
            }
        }
        for claim in content.claimIDs {
            try sql.execute("UPDATE claims SET batch = ? WHERE id = ?", [.integer(batch), .integer(claim)])
        }
    }

    /// Whether a unit lies in more than one batch; each of them is noted, for it is lost with any.
    private func isSplit(_ unit: Int64, by batch: Int64) throws -> Bool {
        let isBegun =
            try sql.first("SELECT 1 FROM split_units WHERE unit = ? LIMIT 1", [.integer(unit)]) != nil
        let goesOn =
            try sql.first(
                "SELECT 1 FROM outbox WHERE lane = ? AND unit = ? LIMIT 1",
                [.text(lane.rawValue), .integer(unit)]) != nil
        guard isBegun || goesOn else { return false }
        try sql.execute(
            "INSERT INTO split_units (unit, batch) VALUES (?, ?)", [.integer(unit), .integer(batch)])
        return true
    }

    /// Seals the content of a batch of an old lineage under the open one: same events, new salts and place.
    func resealed(_ old: OutgoingBatch) throws -> OutgoingBatch {
        let opened = try OpenedBatch(body: old.body, manifestDigest: old.digest)
        var schemas: [[UInt8]] = []
        for event in opened.events {
            let digest = try Event(bytes: event.bytes).schema.bytes
            if !schemas.contains(digest) { schemas.append(digest) }
        }
        let sealed = try seal(
            events: opened.events.map(\.bytes), schemas: schemas, claims: opened.manifest.claims,
            pending: opened.manifest.pending, watch: opened.manifest.watch)
        try sql.execute(
            """
            UPDATE batches SET lineage = ?, seq = ?, manifest_digest = ?, size = ?, body = ?, stale = 0,
                acknowledged_at = NULL, sealed_at = ?
            WHERE id = ?
            """,
            [
                .blob(sealed.manifest.lineage.bytes), .integer(Int64(sealed.manifest.sequence)),
                .blob(sealed.digest.bytes), SQLValue(sealed.body.count), .blob(sealed.body), .integer(now),
                .integer(old.id),
            ])
        var batch = old
        batch.lineage = sealed.manifest.lineage
        batch.sequence = sealed.manifest.sequence
        batch.digest = sealed.digest
        batch.body = sealed.body
        // What the relay had said of it stays with it: the one proof that the relay lost it.
        return batch
    }

    /// Seals content as the next of the open lineage and this lane, with the schemas that it has not carried.
    private func seal(
        events: [[UInt8]], schemas: [[UInt8]], claims: [CoverageClaim], pending: KeyMoves, watch: KeyMoves,
    ) throws -> SealedBatch {
        let lineage = try sql.openLineage()
        let head = try sql.laneHead(lineage, lane)
        let sequence = head.sealed + 1
        var carried: [EventSchema] = []
        for digest in schemas {
            let isNew =
                try sql.execute(
                    """
                    INSERT INTO lineage_schemas (lineage, lane, digest, seq) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                    [
                        .blob(lineage.bytes), .text(lane.rawValue), .blob(digest), .integer(Int64(sequence)),
                    ]) > 0
            if isNew { carried.append(try EventSchema(bytes: try schemaBytes(digest))) }
        }
        let ahead = try sql.first("SELECT relay_ahead_ms FROM agent")?.integer(0) ?? 0
        let sealed = try BatchSealer(random: random).seal(
            BatchDraft(
                agent: sealer.agent, lineage: lineage, lane: lane, sequence: sequence,
                previous: sequence == 1 ? nil : head.digest, parent: sequence == 1 ? head.parent : nil,
                schemas: carried, events: events, claims: claims, pending: pending, watch: watch,
                sealedAt: Timestamp(milliseconds: now + ahead)))
        try sql.execute(
            "UPDATE lane_heads SET sealed_seq = ?, sealed_digest = ? WHERE lineage = ? AND lane = ?",
            [
                .integer(Int64(sequence)), .blob(sealed.digest.bytes), .blob(lineage.bytes),
                .text(lane.rawValue),
            ])
        return sealed
    }

    private func schemaBytes(_ digest: [UInt8]) throws -> [UInt8] {
        guard let row = try sql.first("SELECT bytes FROM schemas WHERE digest = ?", [.blob(digest)]) else {
            throw SpoolError.damaged("a schema of an event is missing")
        }
        return try row.blob(0)
    }
}

extension OutgoingBatch {
    init(row: SQLRow) throws {
        guard let lineage = Lineage(try row.blob("lineage")), let lane = Lane(rawValue: try row.text("lane")),
            let digest = Digest32(try row.blob("manifest_digest")), let body = try row.optionalBlob("body")
        else { throw SpoolError.damaged("a batch that waits cannot be read") }
        self.init(
            id: try row.integer("id"), lineage: lineage, lane: lane, sequence: UInt64(try row.integer("seq")),
            digest: digest, body: body, events: Int(try row.integer("events")),
            acknowledgement: try row.optionalBlob("acknowledgement"))
    }
}
