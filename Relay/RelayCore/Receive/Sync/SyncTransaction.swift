internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore
internal import Values

/// The parts of a sync that read and write; each is called inside one transaction.
struct SyncTransaction {
    let statements: TenantStatements
    let agent: PairedAgent
    let request: SyncRequest
    let now: Moment

    /// What the first transaction found and set down.
    struct Begun: Sendable {
        /// Handed out with the answer, and already stored.
        let token: [UInt8]
        let lease: Lease
        /// Whether token and process are those of the one machine that there should be.
        let isBelieved: Bool
        /// Whether a page of the lists is to be told at once.
        let hasLists: Bool
    }

    /// Judges token and process, sets the new token down, takes the status, decides on the lease.
    ///
    /// - Parameters:
    ///   - newToken: random; every answer hands out a fresh one.
    ///   - body: the request as it came, kept as the agent's last status.
    func begin(newToken: [UInt8], body: [UInt8]) throws -> Begun {
        try agent.checkStillPaired(statements)
        let known = try known()
        let verdict = SyncRule.verdict(
            token: request.leaseToken, requestID: request.requestID, process: request.process,
            created: created, known: known)
        if verdict == .late {
            let lease = Lease(isGranted: false, epoch: 0, seconds: 0, refusal: .olderToken)
            return Begun(token: newToken, lease: lease, isBelieved: false, hasLists: false)
        }
        try remember(newToken, known)
        try takeStatus(body)
        let lease: Lease
        switch verdict {
        case .olderToken, .olderProcess:
            try tellClone(verdict)
            lease = Lease(
                isGranted: false, epoch: 0, seconds: 0,
                refusal: verdict == .olderToken ? .olderToken : .olderProcess)
        case .current, .again, .late: lease = try LeaseBook(transaction: self).decide()
        }
        return Begun(
            token: newToken, lease: lease,
            isBelieved: lease.refusal != .olderToken
                && lease.refusal != .olderProcess,
            hasLists: try lists.begin(lease, hasArrived: verdict == .current))
    }

    /// The lease after a wait; none where the machine's token was replaced meanwhile.
    func leaseAgain(after begun: Begun) throws -> Lease {
        guard begun.isBelieved else { return begun.lease }
        try agent.checkStillPaired(statements)
        guard try known().token == begun.token else {
            return Lease(isGranted: false, epoch: 0, seconds: 0, refusal: .olderToken)
        }
        let lease = try LeaseBook(transaction: self).decide()
        _ = try lists.begin(lease, hasArrived: true)
        return lease
    }

    /// Everything that goes down.
    func answer(token: [UInt8], lease: Lease, signing: Ed25519.PrivateKey) throws -> SyncAnswer {
        var lease = lease
        lease.closedGates = try LeaseBook(transaction: self).closedGates()
        var answer = SyncAnswer(
            standing: try statements.standing(
                agent: agent.agent, name: agent.name, lineages: request.lineages, now: now),
            requestID: request.requestID, leaseToken: token, lease: lease)
        guard lease.isGranted else { return answer }
        // A request that was overtaken by the same one again has nobody who reads its answer.
        if try known().token == token {
            let page = try lists.page()
            (answer.pending, answer.watch) = (page.pending, page.watch)
        }
        answer.readRequests = try readRequests()
        answer.commands = try commands(epoch: lease.epoch, signing: signing)
        return answer
    }

    /// What a waiting request looks at: a digest of all that would go down, and whether the lease became free.
    func news(isHolder: Bool) throws -> (digest: Digest32, isLeaseFree: Bool) {
        guard isHolder else {
            return (SHA256.hash(""), try LeaseBook(transaction: self).isFreeForMe && request.wantsLease)
        }
        var text = ""
        for wanted in try readRequests() {
            text += "\(wanted.source)\n\(wanted.stream)\n\(wanted.businessKey)\n\(wanted.since)\n"
        }
        for row in try openCommands() { text += "\(try row.integer("number"))\n" }
        return (SHA256.hash(text), false)
    }

    private var lists: KeyLists { KeyLists(statements: statements, name: agent.name) }

    /// When the request was made; a time of the future counts as now, so that it cannot make others late.
    private var created: Moment { min(Moment(request.created), now) }

    private func known() throws -> SyncRule.Known {
        let row = try statements.first(
            """
            SELECT token, request_id, instance, instance_before, instance_at FROM agent_sync
            WHERE tenant = ?1 AND agent = ?2 AND key_id = ?3
            """, [.text(agent.agent), .text(agent.keyID)])
        guard let row else { return SyncRule.Known() }
        return SyncRule.Known(
            token: try row.optionalBlob("token"), requestID: try row.optionalBlob("request_id"),
            process: try row.optionalBlob("instance"),
            processBefore: try row.optionalBlob("instance_before"),
            newestCreated: try row.optionalMoment("instance_at"))
    }

    private func remember(_ token: [UInt8], _ known: SyncRule.Known) throws {
        let isSuccessor = known.process != nil && known.process != request.process
        try statements.run(
            """
            INSERT INTO agent_sync (tenant, agent, key_id, token, request_id, instance, instance_before,
                instance_at, shown_epoch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (tenant, agent, key_id) DO UPDATE SET token = ?4, request_id = ?5, instance = ?6,
                instance_before = ?7, instance_at = max(coalesce(instance_at, 0), ?8),
                shown_epoch = max(shown_epoch, ?9)
            """,
            [
                .text(agent.agent), .text(agent.keyID), .blob(token), .blob(request.requestID),
                .blob(request.process), SQLValue(isSuccessor ? known.process : known.processBefore),
                created.sql, .integer(shownEpoch),
            ])
        // After a restore numbers go on above what agents show, or every command would be refused (H16).
        try statements.run(
            """
            INSERT INTO counter (tenant, name, value) VALUES (?1, 'command', ?2)
            ON CONFLICT (tenant, name) DO UPDATE SET value = max(value, ?2)
            """, [.integer(shownCommand)])
    }

    /// The highest numbers that the agent says it has seen, as far as there are numbers above them to go on with.
    var shownEpoch: Int64 { Int64(min(request.highestEpoch, Self.highestNumber)) }
    private var shownCommand: Int64 { Int64(min(request.highestCommand, Self.highestNumber)) }
    private static let highestNumber = UInt64(1) << 62

    private func takeStatus(_ body: [UInt8]) throws {
        try statements.run(
            """
            UPDATE agent SET last_seen_at = ?3, status = ?4, status_at = ?3, host_name = ?5, version = ?6
            WHERE tenant = ?1 AND agent = ?2
            """,
            [
                .text(agent.agent), now.sql, .blob(body), .text(request.status.host),
                .text(request.status.version),
            ])
    }

    /// Tells a person, at most once an hour: two machines under one key take turns in showing older tokens.
    private func tellClone(_ verdict: SyncRule.Verdict) throws {
        let told = try statements.run(
            """
            UPDATE agent_sync SET cloned_at = ?4
            WHERE tenant = ?1 AND agent = ?2 AND key_id = ?3 AND (cloned_at IS NULL OR cloned_at <= ?5)
            """,
            [.text(agent.agent), .text(agent.keyID), now.sql, (now - .seconds(3_600)).sql])
        guard told == 1 else { return }
        try ConnectorAlarm.agentCloned.raise(
            statements, subject: agent.name,
            detail: [
                "agent": agent.agent, "key": agent.keyID, "host": request.status.host,
                "by": verdict == .olderToken ? "older_token" : "older_process", "at": now.description,
            ], now: now)
    }

    /// What an answer has room for beside the lists.
    private static let requestBytesLimit = 3 << 20

    /// The oldest first, as many as an answer holds: what was read goes from the list, and others come instead.
    private func readRequests() throws -> [ReadRequest] {
        var room = Self.requestBytesLimit
        let all = try statements.rows(
            """
            SELECT source, stream, business_key, since_at FROM reading_request
            WHERE tenant = ?1 AND name = ?2 ORDER BY since_at, source, stream, business_key LIMIT ?3
            """, [.text(agent.name), .integer(Int64(ProtocolLimits.listCountLimit))]
        ).map { row in
            ReadRequest(
                source: try row.text(0), stream: try row.text(1), businessKey: try row.text(2),
                since: try row.moment("since_at").timestamp)
        }
        return Array(
            all.prefix { request in
                room -= 64 + request.source.utf8.count + request.stream.utf8.count
                room -= request.businessKey.utf8.count
                return room >= 0
            })
    }

    private func openCommands() throws -> [SQLRow] {
        try statements.rows(
            """
            SELECT number, lineage, kind, payload, expires_at FROM command
            WHERE tenant = ?1 AND name = ?2 AND number > ?3 AND expires_at > ?4 AND answered_at IS NULL
            ORDER BY number LIMIT ?5
            """,
            [
                .text(agent.name), .integer(Int64(request.highestCommand)), now.sql,
                .integer(Int64(Self.commandsOfAnswer)),
            ])
    }

    /// Each has up to 64 KiB of arguments; the next ones go when these are done.
    private static let commandsOfAnswer = 32

    /// Commands are for the holder's own lineage: one that another spool would get by chance says nothing to it.
    private func commands(epoch: UInt64, signing: Ed25519.PrivateKey) throws -> [SignedBytes] {
        var signed: [SignedBytes] = []
        for row in try openCommands() {
            let lineage = try row.optionalBlob("lineage").flatMap(Lineage.init) ?? request.lineages.first
            guard let lineage else { continue }
            let number = try row.integer("number")
            let command = Command(
                agent: agent.agent, lineage: lineage, number: UInt64(number), epoch: epoch,
                expires: try row.moment("expires_at").timestamp, name: try row.text("kind"),
                arguments: try row.blob("payload"))
            signed.append(try SignedBytes(command.bytes, as: .command, key: signing))
            try statements.run(
                "UPDATE command SET delivered_at = ?3, epoch = ?4 WHERE tenant = ?1 AND number = ?2",
                [.integer(number), now.sql, .integer(Int64(epoch))])
        }
        return signed
    }
}
