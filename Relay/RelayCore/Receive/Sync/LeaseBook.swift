internal import ConnectorProtocol
internal import SQLStore

/// Who of the agents with one name polls, and which logon gates are closed for all of them.
struct LeaseBook {
    let transaction: SyncTransaction

    private var statements: TenantStatements { transaction.statements }
    private var agent: PairedAgent { transaction.agent }
    private var request: SyncRequest { transaction.request }
    private var now: Moment { transaction.now }

    private struct Row {
        var holder: String?
        var epoch: Int64 = 0
        var until = Moment(milliseconds: 0)
    }

    /// Whether the lease is free, over, or this agent's own.
    var isFreeForMe: Bool {
        get throws {
            let row = try row()
            return row.holder == nil || row.holder == agent.agent || row.until <= now
        }
    }

    /// Grants, renews or refuses; the lease lasts from now.
    ///
    /// A grant is fresh, with a higher epoch, unless the agent shows that it holds this very epoch: what it takes
    /// over then it has taken already. Epochs go on above the highest that agents show (H16).
    func decide() throws -> Lease {
        let row = try row()
        let isMine = row.holder == agent.agent
        let isRenewal = isMine && row.epoch > 0 && Int64(request.highestEpoch) == row.epoch
        try take(request.closedGates, isWhole: isRenewal)
        guard request.wantsLease else {
            if isMine { try release() }
            return Lease(isGranted: false, epoch: UInt64(row.epoch), seconds: 0, refusal: .notAsked)
        }
        guard try isFreeForMe else {
            return Lease(isGranted: false, epoch: UInt64(row.epoch), seconds: 0, refusal: .held)
        }
        let epoch = isRenewal ? row.epoch : max(row.epoch, try highestShown()) + 1
        try grant(epoch: epoch, isFresh: !isRenewal)
        return Lease(
            isGranted: true, epoch: UInt64(epoch),
            seconds: UInt32(ProtocolLimits.leaseLife.components.seconds), isFresh: !isRenewal)
    }

    /// The gates that any host of this name has closed.
    func closedGates() throws -> [ClosedGate] {
        try statements.rows(
            """
            SELECT system, client, user, reason, closed_at FROM logon_gate WHERE tenant = ?1 AND name = ?2
            ORDER BY system, client, user LIMIT ?3
            """, [.text(agent.name), .integer(Int64(ProtocolLimits.sectionCountLimit))]
        ).map { row in
            ClosedGate(
                system: try row.text(0), client: try row.text(1), user: try row.text(2),
                reason: try row.text(3), closedAt: try row.moment("closed_at").timestamp)
        }
    }

    private func row() throws -> Row {
        let row = try statements.first(
            "SELECT holder, epoch, lease_until FROM agent_lease WHERE tenant = ?1 AND name = ?2",
            [.text(agent.name)])
        guard let row else { return Row() }
        return Row(
            holder: try row.optionalText(0), epoch: try row.integer(1),
            until: try row.moment("lease_until"))
    }

    private func highestShown() throws -> Int64 {
        let row = try statements.first(
            """
            SELECT max(s.shown_epoch) FROM agent_sync s
            JOIN agent a ON a.tenant = s.tenant AND a.agent = s.agent WHERE s.tenant = ?1 AND a.name = ?2
            """, [.text(agent.name)])
        return max(try row?.optionalInteger(0) ?? 0, transaction.shownEpoch)
    }

    private func grant(epoch: Int64, isFresh: Bool) throws {
        try statements.run(
            """
            INSERT INTO agent_lease (tenant, name, holder, epoch, granted_at, lease_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (tenant, name) DO UPDATE SET holder = ?3, epoch = ?4, lease_until = ?6,
                granted_at = CASE ?7 WHEN 1 THEN ?5 ELSE granted_at END
            """,
            [
                .text(agent.name), .text(agent.agent), .integer(epoch), now.sql,
                (now + ProtocolLimits.leaseLife).sql, SQLValue(isFresh),
            ])
        guard isFresh else { return }
        try statements.audit(
            AuditEntry(
                actor: agent.agent, action: "agent.lease_granted", subject: agent.name,
                detail: ["epoch": String(epoch)]), now: now)
    }

    private func release() throws {
        try statements.run(
            """
            UPDATE agent_lease SET holder = NULL, lease_until = 0
            WHERE tenant = ?1 AND name = ?2 AND holder = ?3
            """, [.text(agent.name), .text(agent.agent)])
    }

    /// Takes closed gates up; only who renews the lease has seen all of them, and may say that one is open again.
    private func take(_ gates: [ClosedGate], isWhole: Bool) throws {
        if isWhole {
            try statements.run(
                "DELETE FROM logon_gate WHERE tenant = ?1 AND name = ?2", [.text(agent.name)])
        }
        for gate in gates {
            try statements.run(
                """
                INSERT INTO logon_gate (tenant, name, system, client, user, closed_at, reason)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                ON CONFLICT (tenant, name, system, client, user) DO UPDATE SET closed_at = ?6, reason = ?7
                WHERE closed_at < ?6
                """,
                [
                    .text(agent.name), .text(gate.system), .text(gate.client), .text(gate.user),
                    Moment(gate.closedAt).sql, .text(gate.reason),
                ])
        }
    }
}
