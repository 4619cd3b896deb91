internal import SQLStore

/// A token bucket in the database: so many creates a second, and as many at once.
struct RateBucket {
    let statements: TenantStatements
    let name: String
    /// Tokens a second, and the most that it holds.
    let perSecond: Int64

    /// How many whole tokens there are at `now`; a bucket never used is full.
    func available(now: Moment) throws -> Int { Int(try millitokens(now: now) / 1_000) }

    /// Takes so many tokens, which ``available(now:)`` has counted in the same transaction.
    func take(_ count: Int, now: Moment) throws {
        let left = max(0, try millitokens(now: now) - Int64(count) * 1_000)
        try statements.run(
            """
            INSERT INTO rate_bucket (tenant, bucket, millitokens, filled_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (tenant, bucket) DO UPDATE SET millitokens = ?3, filled_at = ?4
            """, [.text(name), .integer(left), now.sql])
    }

    private func millitokens(now: Moment) throws -> Int64 {
        let row = try statements.first(
            "SELECT millitokens, filled_at FROM rate_bucket WHERE tenant = ?1 AND bucket = ?2", [.text(name)])
        guard let row else { return perSecond * 1_000 }
        // One millitoken per millisecond and token a second; a time that is still to come is of a clock
        // that was set back since: it counts as a second ago, or nothing is sent until it comes by again.
        let age = now.milliseconds - (try row.integer(1))
        let elapsed = age < 0 ? 1_000 : min(age, 60_000)
        return min(perSecond * 1_000, try row.integer(0) + elapsed * perSecond)
    }
}
