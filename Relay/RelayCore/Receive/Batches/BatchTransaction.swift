internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

/// The one transaction that takes a batch in, or says where it does not fit.
struct BatchTransaction {
    let statements: TenantStatements
    let agent: PairedAgent
    let batch: OpenedBatch
    let signatureInput: String
    let now: Moment
    let signing: Ed25519.PrivateKey

    /// What became of the batch; refusals are outcomes, so that what was written beside them stays.
    enum Outcome: Sendable {
        case stored(BatchAnswer)
        case again(BatchAnswer)
        case refused(ProblemDocument)

        var reply: AgentReply {
            switch self {
            case .stored(let answer), .again(let answer): .message(answer.bytes)
            case .refused(let document): .problem(document)
            }
        }
    }

    private var manifest: Manifest { batch.manifest }
    private var before: Digest32? { manifest.previous ?? manifest.parent }
    private var place: [SQLValue] {
        [.text(agent.agent), .blob(manifest.lineage.bytes), .text(manifest.lane.rawValue)]
    }

    /// - Parameters:
    ///   - shown: our own acknowledgement of this batch: if it is not held, commits were lost.
    ///   - newIncarnation: 16 random bytes, used if they were.
    ///   - lineages: whose heads the answer states.
    func run(
        shown: Acknowledgement?, newIncarnation: [UInt8], lineages: [Lineage],
    ) throws -> Outcome {
        try agent.checkStillPaired(statements)
        let held = try held()
        let verdict = SequenceRule.verdict(
            sequence: manifest.sequence, digest: batch.digest, before: before, held: held)
        if let shown, verdict != .again, try !isHeld(shown.manifest, in: shown.lane) {
            try LostCommits.noticed(
                statements, by: shown, agent: agent, newIncarnation: newIncarnation, now: now)
        }
        switch verdict {
        case .next:
            let acknowledgement = try store(isNewLineage: held.head == nil)
            try renewLease()
            return .stored(BatchAnswer(standing: try standing(lineages), acknowledgement: acknowledgement))
        case .again:
            let acknowledgement = try storedAcknowledgement()
            return .again(BatchAnswer(standing: try standing(lineages), acknowledgement: acknowledgement))
        case .fork(let detail):
            try auditRefusal("batch.fork")
            return .refused(ProblemDocument(.fork, detail: detail, standing: try standing(lineages)))
        case .gap(let detail):
            return .refused(ProblemDocument(.gap, detail: detail, standing: try standing(lineages)))
        }
    }

    private func standing(_ lineages: [Lineage]) throws -> Standing {
        try statements.standing(agent: agent.agent, name: agent.name, lineages: lineages, now: now)
    }

    /// Whether a batch is here, wherever it stands: its place may be another's by now.
    private func isHeld(_ manifest: Digest32, in lane: Lane) throws -> Bool {
        try statements.first(
            "SELECT 1 FROM batch WHERE tenant = ?1 AND agent = ?2 AND lane = ?3 AND digest = ?4",
            [.text(agent.agent), .text(lane.rawValue), .blob(manifest.bytes)]) != nil
    }

    private func held() throws -> SequenceRule.Held {
        var held = SequenceRule.Held()
        let same = try statements.first(
            """
            SELECT digest FROM batch
            WHERE tenant = ?1 AND agent = ?2 AND lineage = ?3 AND lane = ?4 AND seq = ?5
            """, place + [.integer(Int64(manifest.sequence))])
        held.samePlace = try same.flatMap { Digest32(try $0.blob(0)) }
        let head = try statements.head(agent.agent, manifest.lineage, manifest.lane)
        held.head = head.digest.map { (head.sequence, $0) }
        if held.head == nil {
            held.isAnythingHeld = try statements.laneHead(agent.agent, manifest.lane) != nil
            if let parent = manifest.parent { held.isParentHeld = try isHeld(parent, in: manifest.lane) }
        }
        return held
    }

    private func store(isNewLineage: Bool) throws -> SignedBytes {
        let number = try statements.next(.batch)
        let acknowledgement = try acknowledge()
        try insertBatch(number, acknowledgement)
        for (position, event) in batch.events.enumerated() {
            try statements.run(
                "INSERT INTO leaf (tenant, batch, position, salt, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                [.integer(number), .integer(Int64(position)), .blob(event.salt), .blob(event.bytes)])
        }
        try moveHead(isNewLineage: isNewLineage)
        for schema in batch.schemas { try keep(schema, number) }
        try CoverageBook(statements: statements, name: agent.name, batch: number, now: now)
            .enter(manifest, agent: agent.agent)
        try statements.run(
            "UPDATE agent SET last_seen_at = ?3 WHERE tenant = ?1 AND agent = ?2",
            [.text(agent.agent), now.sql])
        try statements.audit(
            AuditEntry(
                actor: agent.agent, action: AuditAction.batchAccepted, subject: String(number),
                detail: [
                    "manifest": batch.digest.hexadecimal, "lineage": manifest.lineage.description,
                    "lane": manifest.lane.rawValue, "sequence": String(manifest.sequence),
                    "events": String(batch.events.count), "key": agent.keyID,
                ]), now: now)
        return acknowledgement
    }

    private func acknowledge() throws -> SignedBytes {
        guard let row = try statements.first("SELECT incarnation FROM tenant WHERE tenant = ?1") else {
            throw TenancyError.unknownTenant(agent.tenant.text)
        }
        let acknowledgement = Acknowledgement(
            agent: agent.agent, lineage: manifest.lineage, lane: manifest.lane, sequence: manifest.sequence,
            manifest: batch.digest, incarnation: try row.blob(0), time: now.timestamp)
        return try SignedBytes(acknowledgement.bytes, as: .acknowledgement, key: signing)
    }

    private func insertBatch(_ number: Int64, _ acknowledgement: SignedBytes) throws {
        try statements.run(
            """
            INSERT INTO batch (tenant, batch, agent, lineage, lane, seq, digest, before, manifest, key_id,
                signature_input, signature, signature_base, event_count, received_at, answer)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
            """,
            [.integer(number)] + place + [
                .integer(Int64(manifest.sequence)), .blob(batch.digest.bytes), SQLValue(before?.bytes),
                .blob(batch.manifestBytes), .text(agent.keyID), .text(signatureInput),
                .blob(agent.verifier.signature), .blob(agent.verifier.base),
                .integer(Int64(batch.events.count)), now.sql, .blob(acknowledgement.bytes),
            ])
    }

    private func moveHead(isNewLineage: Bool) throws {
        try statements.run(
            """
            INSERT INTO lineage (tenant, agent, lineage, lane, head_seq, head, parent, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (tenant, agent, lineage, lane) DO UPDATE SET head_seq = ?5, head = ?6
            """,
            place + [
                .integer(Int64(manifest.sequence)), .blob(batch.digest.bytes),
                SQLValue(manifest.parent?.bytes), now.sql,
            ])
        guard isNewLineage, let parent = manifest.parent else { return }
        // Accepted without an operator, and told (facts/channel.md 2.3).
        try ConnectorAlarm.lineageChanged.raise(
            statements, subject: agent.name,
            detail: [
                "agent": agent.agent, "lineage": manifest.lineage.description,
                "lane": manifest.lane.rawValue, "parent": parent.hexadecimal,
            ], now: now)
    }

    /// Schemas live as long as the journal; one that cannot be read is kept too, and its events are quarantined.
    private func keep(_ schema: OpenedBatch.SealedSchema, _ number: Int64) throws {
        let type = (try? EventSchema(bytes: schema.bytes))?.type ?? ""
        try statements.run(
            """
            INSERT INTO event_schema (tenant, digest, type, bytes, batch, received_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
            """,
            [.blob(schema.digest.bytes), .text(type), .blob(schema.bytes), .integer(number), now.sql])
    }

    /// A batch of the lease's holder renews it like a sync does.
    private func renewLease() throws {
        try statements.run(
            """
            UPDATE agent_lease SET lease_until = ?4
            WHERE tenant = ?1 AND name = ?2 AND holder = ?3 AND lease_until > ?5
            """,
            [
                .text(agent.name), .text(agent.agent), (now + ProtocolLimits.leaseLife).sql, now.sql,
            ])
    }

    private func storedAcknowledgement() throws -> SignedBytes {
        let row = try statements.first(
            """
            SELECT answer FROM batch
            WHERE tenant = ?1 AND agent = ?2 AND lineage = ?3 AND lane = ?4 AND seq = ?5
            """, place + [.integer(Int64(manifest.sequence))])
        guard let bytes = try row?.optionalBlob(0) else { return try acknowledge() }
        return try SignedBytes(bytes: bytes)
    }

    private func auditRefusal(_ action: String) throws {
        try statements.audit(
            AuditEntry(
                actor: agent.agent, action: action, subject: batch.digest.hexadecimal,
                detail: [
                    "lineage": manifest.lineage.description, "lane": manifest.lane.rawValue,
                    "sequence": String(manifest.sequence),
                ]), now: now)
    }
}
