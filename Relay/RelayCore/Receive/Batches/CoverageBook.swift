internal import ConnectorProtocol
internal import SQLStore
internal import Values

/// Enters what a manifest says of coverage, pending and watched keys into the relay's books.
///
/// A claim moves `covered_until` only where it joins on to it, so that what is covered was delivered without a hole
/// (facts/channel.md 2.1, H13); the lists go to whoever gets the lease next.
struct CoverageBook {
    let statements: TenantStatements
    /// Of the agents: a successor starts where its predecessor ended.
    let name: String
    let batch: Int64
    let now: Moment

    func enter(_ manifest: Manifest, agent: String) throws {
        for claim in manifest.claims {
            try enter(claim, agent: agent)
            for entry in claim.pending { try pend(entry) }
        }
        // A key that both left and entered stays listed: an entry too many is read again, one too few is lost.
        for entry in manifest.pending.left { try strike(entry, from: "pending_key") }
        for entry in manifest.pending.entered { try pend(entry) }
        for entry in manifest.watch.left { try strike(entry, from: "watched_key") }
        for entry in manifest.watch.entered { try watch(entry) }
    }

    private func enter(_ claim: CoverageClaim, agent: String) throws {
        let key: [SQLValue] = [
            .text(name), .text(claim.source), .text(claim.stream), .integer(Int64(claim.tier)),
        ]
        let row = try statements.first(
            """
            SELECT covered_stamp FROM coverage
            WHERE tenant = ?1 AND name = ?2 AND source = ?3 AND stream = ?4 AND tier = ?5
            """, key)
        let from = claim.from.sapText
        let readTo = claim.readTo.sapText
        guard let covered = try row?.text(0) else {
            // The first claim is the beginning, whatever lay before; only a baseline says so itself.
            if !claim.isBaseline { try gap(claim, covered: "", agent: agent) }
            return try begin(claim, key)
        }
        guard from <= covered else { return try gap(claim, covered: covered, agent: agent) }
        try statements.run(
            """
            UPDATE coverage SET covered_stamp = ?6, promise_stamp = coalesce(?7, promise_stamp),
                moved_at = ?8, batch = ?9
            WHERE tenant = ?1 AND name = ?2 AND source = ?3 AND stream = ?4 AND tier = ?5
            """,
            key + [
                .text(max(covered, readTo)), SQLValue(claim.promise?.sapText), now.sql, .integer(batch),
            ])
    }

    private func begin(_ claim: CoverageClaim, _ key: [SQLValue]) throws {
        try statements.run(
            """
            INSERT INTO coverage (tenant, name, source, stream, tier, start_stamp, covered_stamp,
                promise_stamp, moved_at, batch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9)
            """,
            key + [
                .text(claim.readTo.sapText), SQLValue(claim.promise?.sapText), now.sql, .integer(batch),
            ])
    }

    private func gap(_ claim: CoverageClaim, covered: String, agent: String) throws {
        try ConnectorAlarm.coverageGap.raise(
            statements, subject: claim.stream,
            detail: [
                "agent": agent, "agents": name, "source": claim.source, "stream": claim.stream,
                "tier": String(claim.tier), "from": claim.from.sapText, "read_to": claim.readTo.sapText,
                "covered": covered,
            ], now: now)
    }

    private func pend(_ entry: KeyEntry) throws {
        try statements.run(
            """
            INSERT INTO pending_key (tenant, name, source, stream, document_key, version, stamp, error_class,
                detail, since_at, batch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT (tenant, name, source, stream, document_key, version) DO UPDATE SET
                stamp = ?7, error_class = ?8, detail = ?9, since_at = ?10, batch = ?11
            """, values(entry))
    }

    private func watch(_ entry: KeyEntry) throws {
        try statements.run(
            """
            INSERT INTO watched_key (tenant, name, source, stream, document_key, version, stamp, reason,
                detail, since_at, batch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT (tenant, name, source, stream, document_key, version) DO UPDATE SET
                stamp = ?7, reason = ?8, detail = ?9, since_at = ?10, batch = ?11
            """, values(entry))
    }

    private func strike(_ entry: KeyEntry, from table: String) throws {
        try statements.run(
            """
            DELETE FROM \(table) WHERE tenant = ?1 AND name = ?2 AND source = ?3 AND stream = ?4
                AND document_key = ?5 AND version = ?6
            """,
            [
                .text(name), .text(entry.source), .text(entry.stream), .text(entry.key), .text(entry.version),
            ])
    }

    private func values(_ entry: KeyEntry) -> [SQLValue] {
        [
            .text(name), .text(entry.source), .text(entry.stream), .text(entry.key), .text(entry.version),
            .text(entry.stamp.sapText), .text(entry.reason), .blob(entry.bytes), Moment(entry.since).sql,
            .integer(batch),
        ]
    }
}
