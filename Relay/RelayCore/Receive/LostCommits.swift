internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore
internal import Values

/// The relay was shown something of its own that it does not hold: it has lost commits, by a fail-over or a file
/// that was copied back (DESIGN.md 5, "After a restore"; facts/send.md L5; facts/channel.md H12).
///
/// What was sent since the lost commits is not known any more: to send on would tell twice. So it draws a new
/// incarnation, pauses every tenant, puts it into recovery, and tells a person of each.
enum LostCommits {
    /// An agent showed our own acknowledgement for a batch that is not held.
    ///
    /// Where the loss is known already (the acknowledgement is of an earlier incarnation and the tenant is in
    /// recovery), nothing changes.
    static func noticed(
        _ statements: TenantStatements, by shown: Acknowledgement, agent: PairedAgent,
        newIncarnation: [UInt8], now: Moment,
    ) throws {
        let present = try present(statements)
        if present.isRecovering, present.incarnation != shown.incarnation { return }
        try tell(
            statements, subject: agent.name,
            detail: [
                "agent": agent.agent, "manifest": shown.manifest.hexadecimal,
                "acknowledged": shown.time.description,
            ], reason: "An agent showed an acknowledgement for a batch that is not held.",
            newIncarnation: newIncarnation, now: now)
    }

    /// A provider called back about an attempt that is not held, though no byte leaves before its row is stored.
    ///
    /// Only an attempt of the present incarnation says something new: the loss of those of earlier ones is known.
    /// - Parameter attempt: proved by its nonce, which only we can make.
    /// - Returns: whether commits were lost.
    static func noticed(
        _ statements: TenantStatements, by attempt: AttemptID, of notification: String, account: String,
        newIncarnation: [UInt8], now: Moment,
    ) throws -> Bool {
        guard try present(statements).incarnation == attempt.incarnation else { return false }
        let held = try statements.first(
            """
            SELECT 1 FROM attempt
            WHERE tenant = ?1 AND notification = ?2 AND incarnation = ?3 AND n = ?4
            """, [.text(notification), .blob(attempt.incarnation), .integer(attempt.n)])
        guard held == nil else { return false }
        try tell(
            statements, subject: account,
            detail: ["account": account, "notification": notification, "attempt": String(attempt.n)],
            reason: "A provider called back about an attempt that is not held.",
            newIncarnation: newIncarnation, now: now)
        return true
    }

    private static func present(
        _ statements: TenantStatements,
    ) throws -> (incarnation: [UInt8], isRecovering: Bool) {
        let row = try statements.first("SELECT incarnation, recovering FROM tenant WHERE tenant = ?1")
        guard let row else { throw TenancyError.unknownTenant(statements.tenant.text) }
        return (try row.blob(0), try row.boolean(1))
    }

    private static func tell(
        _ statements: TenantStatements, subject: String, detail: [String: String], reason: String,
        newIncarnation: [UInt8], now: Moment,
    ) throws {
        try statements.drawIncarnation(newIncarnation, reason: reason, now: now)
        try statements.inEveryTenant { tenant in
            // Whose agent or message gave it away is nobody else's business.
            let isNoticing = tenant.tenant == statements.tenant
            try ConnectorAlarm.commitsLost.raise(
                tenant, subject: isNoticing ? subject : "relay",
                detail: isNoticing ? detail : ["at": now.description], now: now)
        }
    }
}
