internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore
internal import Values

/// Makes transitions of readings of state, in the tenant's one place, and numbers them (facts/channel.md 2.6).
struct ReadingJournal {
    let statements: TenantStatements
    let journal: JournalWriter

    /// What a reading came to.
    struct Outcome {
        /// Nil where nothing was journaled: the state was known.
        let journaled: JournaledEvent?
        /// Whether the state is the one that is held now: what the directory is fed from.
        let isHeld: Bool
    }

    /// Judges one reading and writes down what follows from it.
    func take(
        _ incoming: IncomingEvent, _ reading: Reading, leaf: JournalWriter.Leaf,
    ) throws -> Outcome {
        let event = incoming.event
        let held = try held(event)
        let holder = try holder(of: leaf.batch.name)
        let arrival = HeldReading.Arrival(
            state: reading.state, begun: Moment(reading.begun), ended: Moment(reading.ended),
            received: leaf.batch.receivedAt, place: place(leaf),
            isFromHolder: holder == nil || holder == leaf.batch.agent,
            isBeforeStart: try isBeforeStart(reading, event, name: leaf.batch.name))
        let judgement = HeldReading.judge(arrival, held: held?.reading)
        let journaled = try write(judgement.verdict, incoming, leaf, heldEvent: held?.event)
        if let next = judgement.held {
            try hold(next, event, leaf, number: journaled?.number ?? held?.event ?? 0)
        }
        if arrival.isFromHolder { try settleRequest(event, leaf, begun: arrival.begun) }
        if judgement.asksHolder {
            try ask(event, leaf, reason: judgement.verdict == .superseded ? "superseded" : "not_the_holder")
        }
        return Outcome(journaled: journaled, isHeld: judgement.held != nil)
    }

    private func write(
        _ verdict: HeldReading.Verdict, _ incoming: IncomingEvent, _ leaf: JournalWriter.Leaf,
        heldEvent: Int64?,
    ) throws -> JournaledEvent? {
        switch verdict {
        case .transition(let number):
            let event = incoming.event
            let version = String(number)
            let id = EventIdentity.id(
                source: event.source, businessKey: event.businessKey, transition: event.transition,
                version: version)
            return try journal.write(
                incoming,
                .init(
                    id: id, kind: .transition, version: version, verdict: "transition", leaf: leaf,
                    isTold: event.origin.isForRules))
        case .baseline: return try setAside(incoming, leaf, verdict: "baseline", cause: nil)
        case .superseded: return try setAside(incoming, leaf, verdict: "superseded", cause: heldEvent)
        case .alreadyKnown, .alsoSeen:
            if let heldEvent { try journal.sighting(of: heldEvent, leaf) }
            return nil
        }
    }

    /// A reading that is journaled and not told is named by its place: no other reading has it.
    private func setAside(
        _ incoming: IncomingEvent, _ leaf: JournalWriter.Leaf, verdict: String, cause: Int64?,
    ) throws -> JournaledEvent? {
        let event = incoming.event
        let place =
            "reading \(Hexadecimal.encode(leaf.batch.lineage)) \(leaf.batch.lane) "
            + "\(leaf.batch.sequence) \(leaf.position)"
        let id = EventIdentity.id(
            source: event.source, businessKey: event.businessKey, transition: event.transition, version: place
        )
        return try journal.write(
            incoming,
            .init(
                id: id, kind: .reading, version: place, verdict: verdict, leaf: leaf, cause: cause,
                isNamed: false, isTold: false))
    }

    private func place(_ leaf: JournalWriter.Leaf) -> HeldReading.Place {
        HeldReading.Place(
            lineage: leaf.batch.lineage, lane: leaf.batch.lane, sequence: leaf.batch.sequence,
            position: leaf.position)
    }
}

// What is held, and who is asked.
extension ReadingJournal {
    private func held(_ event: Event) throws -> (reading: HeldReading, event: Int64)? {
        let row = try statements.first(
            """
            SELECT * FROM state_reading
            WHERE tenant = ?1 AND source = ?2 AND type = ?3 AND business_key = ?4
            """, [.text(event.source), .text(event.type), .text(event.businessKey)])
        return try row.map { row in
            let place = HeldReading.Place(
                lineage: try row.blob("lineage"), lane: try row.text("lane"),
                sequence: try row.integer("seq"), position: try row.integer("position"))
            let reading = HeldReading(
                state: try row.text("state"), version: try row.integer("version"),
                begun: try row.moment("from_at"), ended: try row.moment("until_at"), place: place)
            return (reading, try row.integer("event"))
        }
    }

    private func hold(
        _ held: HeldReading, _ event: Event, _ leaf: JournalWriter.Leaf, number: Int64,
    ) throws {
        try statements.run(
            """
            INSERT INTO state_reading
                (tenant, source, type, business_key, state, version, from_at, until_at, name, agent, lineage,
                 lane, seq, position, event)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            ON CONFLICT (tenant, source, type, business_key) DO UPDATE SET
                state = ?5, version = ?6, from_at = ?7, until_at = ?8, name = ?9, agent = ?10, lineage = ?11,
                lane = ?12, seq = ?13, position = ?14, event = ?15
            """,
            [
                .text(event.source), .text(event.type), .text(event.businessKey), .text(held.state),
                .integer(held.version), held.begun.sql, held.ended.sql, .text(leaf.batch.name),
                .text(leaf.batch.agent), .blob(held.place.lineage), .text(held.place.lane),
                .integer(held.place.sequence), .integer(held.place.position), .integer(number),
            ])
    }

    /// Who is asked to read keys again; nil where no agent of that name ever held the lease.
    private func holder(of name: String) throws -> String? {
        try statements.first(
            "SELECT holder FROM agent_lease WHERE tenant = ?1 AND name = ?2", [.text(name)]
        )?.optionalText(0)
    }

    /// Whether the document was made before the stream's first claim began: then nobody was to be told of it.
    private func isBeforeStart(_ reading: Reading, _ event: Event, name: String) throws -> Bool {
        guard let created = reading.created else { return false }
        // Streams are named by their feed: `vendor_invoice.state`.
        let row = try statements.first(
            """
            SELECT min(start_stamp) FROM coverage
            WHERE tenant = ?1 AND name = ?2 AND source = ?3
              AND (stream = ?4 OR substr(stream, 1, length(?4) + 1) = ?4 || '.')
            """, [.text(name), .text(event.source), .text(event.feed)])
        guard let start = try row?.optionalText(0) else { return false }
        return created.sapText < start
    }

    private func ask(_ event: Event, _ leaf: JournalWriter.Leaf, reason: String) throws {
        try statements.run(
            """
            INSERT INTO reading_request (tenant, name, source, stream, business_key, since_at, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (tenant, name, source, stream, business_key) DO UPDATE SET since_at = ?6, reason = ?7
            """,
            [
                .text(leaf.batch.name), .text(event.source), .text(event.feed), .text(event.businessKey),
                journal.now.sql, .text(reason),
            ])
    }

    /// A request stands until a reading that was begun after it comes from the holder; what the holder read before
    /// does not answer it (facts/channel.md H3).
    private func settleRequest(_ event: Event, _ leaf: JournalWriter.Leaf, begun: Moment) throws {
        try statements.run(
            """
            DELETE FROM reading_request
            WHERE tenant = ?1 AND name = ?2 AND source = ?3 AND stream = ?4 AND business_key = ?5
              AND since_at < ?6
            """,
            [
                .text(leaf.batch.name), .text(event.source), .text(event.feed), .text(event.businessKey),
                begun.sql,
            ])
    }
}
