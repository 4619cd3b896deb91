internal import SQLStore
internal import Values

extension SQLConnection {
    /// Sets cursors back to what the relay covers, extended by our own claims on their way (facts/channel.md 2.2).
    /// - Returns: how many went back.
    func applyReachRule() throws -> Int {
        guard try first("SELECT coverage_known FROM agent")?.boolean(0) ?? false else { return 0 }
        let cursors = try query(
            """
            SELECT c.stream, c.tier, c.cursor_local, s.origin_local, r.covered_local
            FROM cursors c JOIN streams s ON s.stream = c.stream
            LEFT JOIN relay_coverage r ON r.stream = c.stream AND r.tier = c.tier
            """)
        var moved = 0
        for row in cursors {
            guard let tier = Tier(rawValue: Int(try row.integer("tier"))) else { continue }
            let stream = try row.text("stream")
            let cursor = try row.localTime("cursor_local")
            let allowed = ReachRule.cursor(
                cursor, covered: try row.optionalLocalTime("covered_local"),
                unacknowledged: try unacknowledgedClaims(stream, tier),
                origin: try row.localTime("origin_local"))
            guard allowed < cursor else { continue }
            try execute(
                "UPDATE cursors SET cursor_local = ? WHERE stream = ? AND tier = ?",
                [allowed.sqlValue, .text(stream), SQLValue(tier.rawValue)])
            moved += 1
        }
        return moved
    }

    /// In the order in which they are sealed.
    private func unacknowledgedClaims(_ stream: String, _ tier: Tier) throws -> [Claim] {
        try query(
            """
            SELECT c.from_local, c.read_to_local FROM claims c LEFT JOIN batches b ON b.id = c.batch
            WHERE c.stream = ? AND c.tier = ? AND (c.batch IS NULL OR b.acknowledged = 0) ORDER BY c.id
            """, [.text(stream), SQLValue(tier.rawValue)]
        ).map { row in
            Claim(
                stream: stream, tier: tier, from: try row.localTime("from_local"),
                readTo: try row.localTime("read_to_local"))
        }
    }
}
