internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore
internal import Values

extension TenantStatements {
    /// Where the relay stands, as one agent is told it: part of every answer and of refusals.
    ///
    /// - Parameters:
    ///   - name: of the agents, whose coverage it is.
    ///   - lineages: those asked about; each is answered for both lanes, with sequence 0 where nothing is held.
    func standing(agent: String, name: String, lineages: [Lineage], now: Moment) throws -> Standing {
        guard let row = try first("SELECT incarnation FROM tenant WHERE tenant = ?1") else {
            throw TenancyError.unknownTenant(tenant.text)
        }
        var standing = Standing(incarnation: try row.blob(0), time: now.timestamp)
        for lineage in lineages {
            for lane in Lane.allCases { standing.heads.append(try head(agent, lineage, lane)) }
        }
        for lane in Lane.allCases {
            if let head = try laneHead(agent, lane) { standing.laneHeads.append(head) }
        }
        standing.coverage = try coverage(of: name)
        let seal = try first(
            "SELECT number, head FROM audit_seal WHERE tenant = ?1 ORDER BY number DESC LIMIT 1")
        if let seal, let digest = Digest32(try seal.blob(1)) {
            standing.audit = AuditHead(number: UInt64(try seal.integer(0)), digest: digest)
        }
        return standing
    }

    /// The head of one lineage and lane, sequence 0 where nothing of it is held.
    func head(_ agent: String, _ lineage: Lineage, _ lane: Lane) throws -> LineageHead {
        let row = try first(
            """
            SELECT head_seq, head FROM lineage WHERE tenant = ?1 AND agent = ?2 AND lineage = ?3 AND lane = ?4
            """, [.text(agent), .blob(lineage.bytes), .text(lane.rawValue)])
        guard let row, let digest = Digest32(try row.blob(1)) else {
            return LineageHead(lineage: lineage, lane: lane, sequence: 0, digest: nil)
        }
        return LineageHead(
            lineage: lineage, lane: lane, sequence: UInt64(try row.integer(0)), digest: digest)
    }

    /// A batch that a new lineage of this lane may name as its parent: the head of the youngest lineage.
    func laneHead(_ agent: String, _ lane: Lane) throws -> LineageHead? {
        let row = try first(
            """
            SELECT lineage, head_seq, head FROM lineage WHERE tenant = ?1 AND agent = ?2 AND lane = ?3
            ORDER BY created_at DESC, lineage LIMIT 1
            """, [.text(agent), .text(lane.rawValue)])
        guard let row, let lineage = Lineage(try row.blob(0)), let digest = Digest32(try row.blob(2)) else {
            return nil
        }
        return LineageHead(
            lineage: lineage, lane: lane, sequence: UInt64(try row.integer(1)), digest: digest)
    }

    private func coverage(of name: String) throws -> [Coverage] {
        try rows(
            """
            SELECT source, stream, tier, covered_stamp FROM coverage WHERE tenant = ?1 AND name = ?2
            ORDER BY source, stream, tier
            """, [.text(name)]
        ).compactMap { row in
            guard let covered = LocalDateTime(sap: try row.text(3)) else { return nil }
            return Coverage(
                source: try row.text(0), stream: try row.text(1), tier: Int(try row.integer(2)),
                coveredUntil: covered)
        }
    }
}
