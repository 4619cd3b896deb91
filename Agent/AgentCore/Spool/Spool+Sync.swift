package import ConnectorProtocol
internal import Cryptography
internal import SQLStore
internal import Values

/// What a sync request says of this spool.
package struct SyncQuestion: Equatable, Sendable {
    /// Durable before it is shown; the same until its answer was applied.
    package var requestID: [UInt8]
    package var leaseToken: [UInt8]
    package var highestEpoch: UInt64
    package var highestCommand: UInt64
    package var closedGates: [ClosedGate]
    package var asked: AskedHeads
}

/// What a sync answer changed beside what every answer does.
package struct AppliedSync: Equatable, Sendable {
    package var word: AppliedWord
    /// Whether the lease was newly granted to this spool, by the relay's word or by ours.
    package var isNewGrant: Bool
    /// Commands to carry out, by ascending number; their numbers are durable, so none is carried out twice.
    package var commands: [Command]
}

/// Sync's transactions: the question before it is asked, and the answer (facts/channel.md 2.4).
extension Spool {
    /// What the next sync shows; a request whose answer was lost keeps its id.
    package func syncQuestion() async throws -> SyncQuestion {
        let drawn = random.bytes(16)
        let asked = try await askedHeads()
        return try await database.write { sql in
            try sql.execute("UPDATE agent SET sync_request = coalesce(sync_request, ?)", [.blob(drawn)])
            guard let row = try sql.first("SELECT * FROM agent") else {
                throw SpoolError.damaged("it does not say whose it is")
            }
            let ahead = try row.integer("relay_ahead_ms")
            let gates = try sql.query(
                "SELECT * FROM logon_gates WHERE closed = 1 ORDER BY system, client, user LIMIT ?",
                [SQLValue(ProtocolLimits.sectionCountLimit)]
            ).map { gate in
                ClosedGate(
                    system: try gate.text("system"), client: try gate.text("client"),
                    user: try gate.text("user"),
                    reason: try gate.integer("unknown") >= 2 ? "unknown_outcomes" : "refused",
                    closedAt: Timestamp(milliseconds: (try gate.optionalInteger("closed_at") ?? 0) + ahead))
            }
            return SyncQuestion(
                requestID: try row.blob("sync_request"),
                leaseToken: try row.optionalBlob("lease_token") ?? [],
                // Who shows the present epoch renews, and a renewal brings no lists.
                highestEpoch: try row.boolean("lists_wanted") ? 0 : UInt64(try row.integer("highest_epoch")),
                highestCommand: UInt64(try row.integer("command_number")), closedGates: gates, asked: asked)
        }
    }

    /// Whether this spool heard last that the lease is its own, and its epoch.
    package func leaseHeard() async throws -> (isHeld: Bool, epoch: UInt64) {
        try await database.read { sql in
            let row = try sql.first("SELECT lease_held, lease_epoch FROM agent")
            return (try row?.boolean(0) ?? false, UInt64(try row?.integer(1) ?? 0))
        }
    }

    /// Applies a sync answer, all of it in one transaction.
    /// - Parameters:
    ///   - commands: those of the answer that the relay has signed.
    ///   - agent: the agent's id, which a command must name.
    package func apply(
        _ answer: SyncAnswer, asked: AskedHeads, ahead: Duration, source: String, agent: String,
        commands: [Command],
    ) async throws -> AppliedSync {
        let now = clock.now
        let newLineage = random.bytes(16)
        let word = RelayWord(
            .sync(answer), standing: answer.standing, asked: asked, ahead: ahead, source: source)
        let applied = try await database.write { sql in
            let applied = try AnswerTransaction(sql: sql, word: word, newLineage: newLineage, now: now).run()
            return try SyncTransaction(sql: sql, answer: answer, word: word, now: now)
                .run(applied, agent: agent, commands: commands)
        }
        signal.notify()
        return applied
    }
}

/// The parts of a sync answer that no other answer has, inside its transaction.
private struct SyncTransaction {
    let sql: SQLConnection
    let answer: SyncAnswer
    let word: RelayWord
    let now: Int64

    private var lease: Lease { answer.lease }

    func run(_ word: AppliedWord, agent: String, commands: [Command]) throws -> AppliedSync {
        let before = try sql.first("SELECT lease_held, lease_epoch FROM agent")
        let wasHeld = try before?.boolean(0) ?? false
        let epoch = try before?.integer(1) ?? 0
        let isNew =
            lease.isGranted && (lease.isFresh || !wasHeld || epoch != Int64(clamping: lease.epoch))
        try sql.execute(
            """
            UPDATE agent SET lease_token = ?1, sync_request = NULL, lease_held = ?2, lease_until_at = ?3,
                lease_epoch = CASE ?2 WHEN 1 THEN ?4 ELSE lease_epoch END,
                highest_epoch = CASE ?2 WHEN 1 THEN max(highest_epoch, ?4) ELSE highest_epoch END
            """,
            [
                .blob(answer.leaseToken), SQLValue(lease.isGranted),
                .integer(lease.isGranted ? now + Int64(lease.seconds) * 1_000 : 0),
                .integer(Int64(clamping: lease.epoch)),
            ])
        try sql.execute(
            """
            UPDATE link_health SET sync_at = ?, problem = CASE
                WHEN EXISTS (SELECT 1 FROM batches WHERE acknowledged = 0) THEN problem END
            """, [.integer(now)])
        if let refusal = lease.refusal, refusal == .olderToken || refusal == .olderProcess {
            try sql.execute("UPDATE agent SET lists_wanted = 1")
        } else if lease.isGranted, lease.isFresh {
            try sql.execute("UPDATE agent SET lists_wanted = 0")
        }
        if isNew { try sql.execute("DELETE FROM states") }
        // Long lists come in several answers: a fresh grant and renewals behind it.
        if try sql.detects(self.word.source) {
            try takeOver(answer.pending, into: "pending")
            try takeOver(answer.watch, into: "watch")
        }
        try closeGates()
        try takeReadRequests()
        return AppliedSync(
            word: word, isNewGrant: isNew, commands: try accepted(commands, agent: agent))
    }

    /// Joins the relay's list with ours: what it names beyond ours is read here from now on.
    private func takeOver(_ entries: [KeyEntry], into table: String) throws {
        let isPending = table == "pending"
        for entry in entries where entry.source == word.source {
            let key = SpoolKey(
                stream: entry.stream,
                key: StampedKey(
                    documentKey: entry.key, stamp: entry.stamp,
                    version: entry.version.isEmpty ? nil : entry.version, hints: entry.hints))
            let since = entry.since.milliseconds - word.ahead.milliseconds
            let columns =
                isPending
                ? "origin, error_class, sentence, tries, since_at, next_try_at"
                : "reason, reads, since_at, next_read_at"
            let values = isPending ? "'live', ?7, 'Taken over from the relay.', 0, ?8, ?9" : "?7, 0, ?8, ?9"
            try sql.execute(
                """
                INSERT INTO \(table) (stream, document_key, mark, version, stamp_local, hints, \(columns))
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, \(values)) ON CONFLICT DO NOTHING
                """,
                key.identity + [
                    SQLValue(key.key.version), key.key.stamp.sqlValue, .text(key.key.hintsText),
                    .text(entry.reason), .integer(since), .integer(now),
                ])
        }
    }

    /// A gate that another host closed stays closed here until a person has entered a secret after that.
    private func closeGates() throws {
        let entered = try sql.first("SELECT secrets_at FROM agent")?.integer(0) ?? 0
        for gate in lease.closedGates {
            let closedAt = gate.closedAt.milliseconds - word.ahead.milliseconds
            guard closedAt > entered else { continue }
            try sql.execute(
                """
                INSERT INTO logon_gates (system, client, user, closed, closed_at, closed_reason)
                VALUES (?1, ?2, ?3, 1, ?4, ?5)
                ON CONFLICT (system, client, user) DO UPDATE SET closed = 1, closed_at = ?4, closed_reason = ?5,
                    proven = 0 WHERE closed = 0
                """,
                [
                    .text(gate.system), .text(gate.client), .text(gate.user), .integer(closedAt),
                    .text("another host closed it (\(gate.reason))"),
                ])
        }
    }

    /// What the relay asks no more is forgotten; what it asks anew stands again.
    private func takeReadRequests() throws {
        guard lease.isGranted else { return }
        var standing: Set<[SQLValue]> = []
        for request in answer.readRequests where request.source == word.source {
            guard let key = BusinessKey.key(of: request.businessKey) else { continue }
            let identity: [SQLValue] = [.text(request.stream), .text(key)]
            standing.insert(identity)
            try sql.execute(
                """
                INSERT INTO read_requests (feed, key, asked_at) VALUES (?1, ?2, ?3)
                ON CONFLICT (feed, key) DO UPDATE SET asked_at = ?3, answered_at = NULL WHERE asked_at < ?3
                """, identity + [.integer(request.since.milliseconds)])
        }
        for row in try sql.query("SELECT feed, key FROM read_requests") {
            let identity: [SQLValue] = [.text(try row.text(0)), .text(try row.text(1))]
            guard !standing.contains(identity) else { continue }
            try sql.execute("DELETE FROM read_requests WHERE feed = ? AND key = ?", identity)
        }
    }

    /// Commands for this agent and lineage, under the lease that it holds, not over, and newer than any before.
    private func accepted(_ commands: [Command], agent: String) throws -> [Command] {
        guard lease.isGranted else { return [] }
        let lineage = try sql.openLineage()
        var highest = UInt64(try sql.first("SELECT command_number FROM agent")?.integer(0) ?? 0)
        var accepted: [Command] = []
        for command in commands.sorted(by: { $0.number < $1.number })
        where command.agent == agent && command.lineage == lineage && command.epoch == lease.epoch
            && command.expires > answer.standing.time && command.number > highest
        {
            highest = command.number
            accepted.append(command)
        }
        guard !accepted.isEmpty else { return [] }
        try sql.execute("UPDATE agent SET command_number = ?", [.integer(Int64(clamping: highest))])
        return accepted
    }
}

/// What the relay wants to have read again.
extension Spool {
    /// Open requests of the relay by feed and SAP key, at most `limit`.
    ///
    /// One that still stands five minutes after its answer is open again: by the relay's clock that reading had
    /// begun too early.
    package func openReadRequests(limit: Int) async throws -> [MasterReference] {
        let now = clock.now
        return try await database.read { sql in
            try sql.query(
                """
                SELECT feed, key FROM read_requests
                WHERE answered_at IS NULL OR answered_at NOT BETWEEN ?1 - 299999 AND ?1
                ORDER BY asked_at, feed, key LIMIT ?2
                """, [.integer(now), SQLValue(limit)]
            ).map { MasterReference(feed: try $0.text(0), key: try $0.text(1)) }
        }
    }
}
