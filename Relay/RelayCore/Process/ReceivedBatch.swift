internal import SQLStore

/// The next part of a stored batch: at most 500 leaves, in order.
struct ReceivedBatch: Sendable {
    /// One event as it came; without bytes where they were erased meanwhile.
    struct Leaf: Sendable {
        let position: Int64
        let bytes: [UInt8]?
    }

    /// Events in one transaction (DESIGN.md 6.1).
    static let limit: Int64 = 500

    let batch: Int64
    let agent: String
    /// The agents' name: what a standby shares with it.
    let name: String
    let lineage: [UInt8]
    let lane: String
    let sequence: Int64
    let receivedAt: Moment
    let leaves: [Leaf]
    /// Where the transaction begins and ends.
    let from, next: Int64
    let isLast: Bool

    /// The oldest batch of the live lane that is not processed, else the oldest of the other; nil where there is none.
    ///
    /// A backfill never stands before a live document (DESIGN.md 4.7).
    static func mostUrgent(_ statements: TenantStatements) throws -> ReceivedBatch? {
        let row = try statements.first(
            """
            SELECT batch FROM batch WHERE tenant = ?1 AND state = 'received' ORDER BY lane DESC, batch LIMIT 1
            """)
        return try row.flatMap { row in
            try ReceivedBatch(statements, batch: row.integer(0), only: nil)
        }
    }

    /// The leaf of a quarantined event that a person wants tried again.
    static func again(
        _ statements: TenantStatements, batch: Int64, position: Int64,
    ) throws -> ReceivedBatch? {
        try ReceivedBatch(statements, batch: batch, only: position)
    }

    private init?(_ statements: TenantStatements, batch number: Int64, only: Int64?) throws {
        let row = try statements.first(
            """
            SELECT b.*, a.name AS name FROM batch b JOIN agent a ON a.tenant = b.tenant AND a.agent = b.agent
            WHERE b.tenant = ?1 AND b.batch = ?2
            """, [.integer(number)])
        guard let row else { return nil }
        batch = number
        agent = try row.text("agent")
        name = try row.text("name")
        lineage = try row.blob("lineage")
        lane = try row.text("lane")
        sequence = try row.integer("seq")
        receivedAt = try row.moment("received_at")
        from = try only ?? row.integer("next_position")
        next = min(try row.integer("event_count"), from + (only == nil ? Self.limit : 1))
        isLast = next >= (try row.integer("event_count"))
        leaves = try statements.rows(
            """
            SELECT position, bytes FROM leaf
            WHERE tenant = ?1 AND batch = ?2 AND position >= ?3 AND position < ?4 ORDER BY position
            """, [.integer(number), .integer(from), .integer(next)]
        ).map { Leaf(position: try $0.integer(0), bytes: try $0.optionalBlob(1)) }
    }

    /// Hands the batch over to the next transaction, or ends it; false where another one did that already.
    func passOn(_ statements: TenantStatements, now: Moment) throws -> Bool {
        try statements.run(
            """
            UPDATE batch SET next_position = ?4, state = CASE ?5 WHEN 1 THEN 'processed' ELSE state END,
                processed_at = CASE ?5 WHEN 1 THEN ?6 END
            WHERE tenant = ?1 AND batch = ?2 AND next_position = ?3 AND state = 'received'
            """,
            [.integer(batch), .integer(from), .integer(next), SQLValue(isLast), now.sql]) == 1
    }
}
