internal import Cryptography
internal import SQLStore

/// What operators look up: events, notifications, quarantine.
///
/// Reads only.
package struct Journal: Sendable {
    let scope: TenantScope

    /// The journal of one tenant.
    package init(scope: TenantScope) { self.scope = scope }

    /// The newest events, the newest first.
    /// - Parameters:
    ///   - subject: only those of the document with this number.
    ///   - type: only those of this type.
    ///   - before: only those before this event.
    ///   - limit: 1 to 1,000,000.
    package func events(
        subject: String?, type: String?, before: Int64? = nil, limit: Int,
    ) async throws -> [EventSummary] {
        // Each condition for itself, so that its index can be used.
        var conditions = "tenant = ?1 AND event < ?2"
        if subject != nil { conditions += " AND subject = ?3" }
        if type != nil { conditions += " AND type = ?4" }
        let sql = """
            SELECT \(EventSummary.columns) FROM event e WHERE \(conditions)
            ORDER BY event DESC LIMIT ?5
            """
        let values: [SQLValue] = [
            .integer(before ?? .max), SQLValue(subject), SQLValue(type), .integer(Int64(limit)),
        ]
        return try await scope.read { try $0.rows(sql, values).map(EventSummary.init) }
    }

    /// The newest notifications, the newest first.
    /// - Parameters:
    ///   - state: only those in this state.
    ///   - subject: only those of the document with this number.
    ///   - forPerson: only those that wait for a person's word.
    ///   - before: only those behind the one with this id in the list.
    ///   - limit: 1 to 1,000,000.
    package func notifications(
        state: String?, subject: String?, forPerson: Bool, before: String? = nil, limit: Int,
    ) async throws -> [NotificationSummary] {
        // Each condition for itself, so that its index can be used.
        var conditions = "n.tenant = ?1"
        if state != nil { conditions += " AND n.state = ?2" }
        if subject != nil { conditions += " AND e.subject = ?3" }
        if forPerson { conditions += " AND n.person_since_at IS NOT NULL" }
        if before != nil {
            conditions += """
                 AND (n.created_at, n.notification) < (SELECT b.created_at, b.notification FROM notification b
                    WHERE b.tenant = ?1 AND b.notification = ?4)
                """
        }
        let sql = """
            SELECT \(NotificationSummary.columns) FROM \(NotificationSummary.source) WHERE \(conditions)
            ORDER BY n.created_at DESC, n.notification DESC LIMIT ?5
            """
        let values = [
            SQLValue(state), SQLValue(subject), SQLValue(before), .integer(Int64(limit)),
        ]
        return try await scope.read { try $0.rows(sql, values).map(NotificationSummary.init) }
    }

    /// One notification with all that is known of it; nil where there is none.
    package func notification(_ id: String) async throws -> NotificationDetail? {
        try await scope.read { statements in
            guard
                let row = try statements.first(
                    """
                    SELECT \(NotificationDetail.columns) FROM \(NotificationSummary.source)
                    WHERE n.tenant = ?1 AND n.notification = ?2
                    """, [.text(id)])
            else { return nil }
            return try NotificationDetail(
                row, reasons: NotificationReasons(statements: statements, row: row).sentences(),
                attempts: statements.rows(
                    "SELECT * FROM attempt WHERE tenant = ?1 AND notification = ?2 ORDER BY intent_at, n",
                    [.text(id)]),
                evidence: statements.rows(
                    "SELECT * FROM evidence WHERE tenant = ?1 AND notification = ?2 ORDER BY evidence",
                    [.text(id)]))
        }
    }

    /// What could not be decoded and waits for a person, the oldest first.
    package func quarantine(limit: Int) async throws -> [QuarantineEntry] {
        try await scope.read { statements in
            try statements.rows(
                """
                SELECT q.*, b.agent, b.digest FROM quarantine q
                JOIN batch b ON b.tenant = q.tenant AND b.batch = q.batch
                WHERE q.tenant = ?1 AND q.state IN ('open', 'retry') ORDER BY q.since_at, q.batch, q.position
                LIMIT ?2
                """, [.integer(Int64(limit))]
            ).map { try QuarantineEntry($0) }
        }
    }
}

/// One event of a batch that could not be decoded.
package struct QuarantineEntry: Encodable, Sendable {
    package let batch: Int64
    /// Place in the batch, from 0.
    package let position: Int64
    package let agent: String
    /// Hexadecimal digest of the batch's manifest.
    package let digest: String
    package let code: String
    package let reason: String
    package let tries: Int64
    /// RFC 3339.
    package let since: String

    init(_ row: any SQLColumns) throws {
        batch = try row.integer("batch")
        position = try row.integer("position")
        agent = try row.text("agent")
        digest = Hexadecimal.encode(try row.blob("digest"))
        code = try row.text("code")
        reason = try row.text("reason")
        tries = try row.integer("tries")
        since = try row.moment("since_at").description
    }
}
