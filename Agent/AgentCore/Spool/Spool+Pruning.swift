internal import SQLStore
internal import Values

/// What a pruning let go.
package struct Pruned: Equatable, Sendable {
    package var batches = 0
    package var facts = 0
}

/// Lets go of what is no longer needed (DESIGN.md 4.7 and section 9).
extension Spool {
    /// Lets go of acknowledged batches over age or size, oldest first, then of what was watched too long, then of
    /// ledger rows that no tier can read any more, then of rows that nothing names.
    package func prune() async throws -> Pruned {
        let now = clock.now
        let limits = limits
        return try await database.write { sql in
            var pruned = Pruned()
            // What was kept for how long is judged by the relay's clock: a host's that is put right by years would
            // let all of it go at once.
            let heard = try sql.first("SELECT relay_time_ms FROM agent")?.integer(0) ?? 0
            pruned.batches = try sql.pruneKept(limits, at: heard)
            try sql.pruneWatch(limits, at: now)
            pruned.facts = try sql.pruneFacts(limits, at: heard)
            try sql.pruneUnnamed()
            return pruned
        }
    }
}

extension SQLConnection {
    fileprivate func pruneKept(_ limits: SpoolLimits, at now: Int64) throws -> Int {
        let kept = "acknowledged = 1 AND body IS NOT NULL"
        var count = try execute(
            "UPDATE batches SET body = NULL WHERE \(kept) AND acknowledged_at < ?",
            [.integer(now - limits.keptAge.milliseconds)])
        var size = try first("SELECT coalesce(sum(size), 0) FROM batches WHERE \(kept)")?.integer(0) ?? 0
        guard size > limits.keptBytesLimit else { return count }
        for row in try query("SELECT id, size FROM batches WHERE \(kept) ORDER BY id") {
            guard size > limits.keptBytesLimit else { break }
            try execute("UPDATE batches SET body = NULL WHERE id = ?", [.integer(try row.integer(0))])
            size -= try row.integer(1)
            count += 1
        }
        return count
    }

    /// What has not become final so long after its stamp is read no more; relay and people are told.
    ///
    /// By SAP's time: the host's clock may be years wrong.
    fileprivate func pruneWatch(_ limits: SpoolLimits, at now: Int64) throws {
        for row in try query(
            """
            SELECT * FROM watch WHERE stamp_local <
                (SELECT max(cursor_local) FROM cursors WHERE cursors.stream = watch.stream) - ?
            ORDER BY stream, document_key, mark
            """, [.integer(limits.watchAge.components.seconds)])
        {
            let entry = try row.watchEntry()
            try execute(
                "DELETE FROM watch WHERE stream = ? AND document_key = ? AND mark = ?", entry.key.identity)
            try addToOutbox(
                .watch, Array(("left\n" + entry.text).utf8), unit: nil, lane: try lane(of: entry.key.stream),
                schema: nil, at: now)
            try notice(
                "connector.watch_ended",
                "\(entry.key.stream): \(entry.key.key.documentKey) was watched to the limit (\(entry.reason)); "
                    + "it is read no more.", at: now)
        }
    }

    /// A ledger row goes when its stamp and its acknowledgement are older than the ledger keeps, and no window that
    /// is still to be read reaches back to it.
    ///
    /// What is watched keeps its ids: it is read again, and each of its facts is told once.
    fileprivate func pruneFacts(_ limits: SpoolLimits, at now: Int64) throws -> Int {
        let nightly = DetectionDepths().nightly
        let age = max(limits.ledgerAge.components.seconds, nightly)
        var count = 0
        for row in try query(
            "SELECT stream, min(cursor_local), max(cursor_local) FROM cursors GROUP BY stream")
        {
            let oldest = min(try row.integer(1) - nightly, try row.integer(2) - age)
            for table in ["ledger", "told"] {
                count += try execute(
                    """
                    DELETE FROM \(table) WHERE stream = ?1 AND stamp_local < ?2 AND (unit IS NULL OR batch IS NOT NULL)
                    AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = \(table).batch
                        AND coalesce(b.acknowledged_at, ?3) >= ?3)
                    AND NOT EXISTS (SELECT 1 FROM watch w WHERE w.stream = \(table).stream
                        AND w.document_key = \(table).document_key AND w.mark = \(table).mark)
                    """,
                    [
                        .text(try row.text(0)), .integer(oldest),
                        .integer(now - limits.ledgerAge.milliseconds),
                    ])
            }
        }
        return count
    }

    fileprivate func pruneUnnamed() throws {
        try execute(
            "DELETE FROM claims WHERE batch IN (SELECT id FROM batches WHERE acknowledged = 1 AND body IS NULL)"
        )
        try execute(
            """
            DELETE FROM split_units WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE unit = split_units.unit)
            AND NOT EXISTS (SELECT 1 FROM told WHERE unit = split_units.unit)
            AND NOT EXISTS (SELECT 1 FROM states WHERE unit = split_units.unit)
            """)
        try execute(
            """
            DELETE FROM batches WHERE acknowledged = 1 AND body IS NULL
            AND NOT EXISTS (SELECT 1 FROM ledger WHERE batch = batches.id)
            AND NOT EXISTS (SELECT 1 FROM told WHERE batch = batches.id)
            AND NOT EXISTS (SELECT 1 FROM states WHERE batch = batches.id)
            AND NOT EXISTS (SELECT 1 FROM split_units WHERE batch = batches.id)
            """)
        try execute("DELETE FROM notices WHERE id <= (SELECT max(id) FROM notices) - 1000")
    }
}
