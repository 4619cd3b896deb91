internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

/// Takes one decoded leaf into the journal, with everything that follows from it, in one transaction.
struct EventTaker {
    let context: ProcessContext

    private var statements: TenantStatements { context.statements }
    private var journal: JournalWriter { JournalWriter(statements: statements, now: context.now) }

    /// Journals, feeds the directory and decides, or puts the leaf into quarantine.
    ///
    /// - Returns: whether the leaf is settled without quarantine.
    func take(
        _ content: LeafContent, _ leaf: JournalWriter.Leaf, prepared: Decider.Prepared?,
    ) throws -> Bool {
        let problem: ContainedProblem
        switch content {
        case .undecodable(let code, let reason): problem = ContainedProblem(code: code, sentence: reason)
        case .event(let incoming):
            switch try context.contained("event", { try journal(incoming, leaf, prepared) }) {
            case .success: return true
            case .failure(let found): problem = found
            }
        }
        try quarantine(leaf, problem)
        return false
    }

    private func journal(
        _ incoming: IncomingEvent, _ leaf: JournalWriter.Leaf, _ prepared: Decider.Prepared?,
    ) throws {
        if let reading = incoming.event.reading {
            let readings = ReadingJournal(statements: statements, journal: journal)
            let outcome = try readings.take(incoming, reading, leaf: leaf)
            guard let journaled = outcome.journaled else { return }
            if outcome.isHeld { try updateDirectory(journaled) }
            return try Decider(context: context).decide(journaled)
        }
        guard let id = incoming.event.id, case .named(let version) = incoming.event.version else { return }
        let entry = JournalWriter.Entry(
            id: id, kind: .fact, version: version, leaf: leaf, isTold: incoming.event.origin.isForRules)
        guard let journaled = try journal.write(incoming, entry) else { return }
        try checkNumber(journaled)
        let finding = try ReferenceClaims(statements: statements, now: context.now).claim(journaled)
        try Decider(context: context).decide(journaled, prepared: prepared, duplicate: finding)
        if let finding { try raiseDuplicate(journaled, finding) }
    }

    private func updateDirectory(_ journaled: JournaledEvent) throws {
        let master = MasterParty(
            type: journaled.event.type, view: journaled.record, country: context.country)
        guard let master else { return }
        try context.updateDirectory(master, source: journaled.event.source, event: journaled.number)
    }

    private func checkNumber(_ journaled: JournaledEvent) throws {
        let earlier = try DocumentNumbers(statements: statements).register(journaled)
        guard let earlier else { return }
        try raise(
            DerivedEvent.numberReused, "number_reused", about: journaled,
            [
                "number": .text(journaled.event.subject), "document_type": .text(journaled.event.type),
                "business_key": .text(journaled.event.businessKey), "earlier_business_key": .text(earlier),
            ])
    }

    private func raiseDuplicate(
        _ journaled: JournaledEvent, _ finding: ReferenceClaims.Finding,
    ) throws {
        guard context.referencePolicy != .send else { return }
        let earlier = try statements.first(
            "SELECT subject FROM event WHERE tenant = ?1 AND event = ?2", [.integer(finding.earlierEvent)])
        var values: [String: RecordValue] = [
            "number": .text(journaled.event.subject),
            "business_key": .text(journaled.event.businessKey),
            "earlier_business_key": .text(finding.earlierBusinessKey),
            "is_held": .boolean(context.referencePolicy == .suppress && finding.isSameAmount),
        ]
        if let number = try earlier?.text(0) { values["earlier_number"] = .text(number) }
        let copied = [
            "vendor", "vendor_name", "company_code", "ref_doc_no", "document_type", "currency",
            "gross_amount", "purchasing_group",
        ]
        for field in copied { values[field] = journaled.record.value(field) }
        try raise(
            DerivedEvent.suspectedDuplicate, "suspected_duplicate", about: journaled, values)
    }

    /// Journals an event that the relay derives from another, and decides about it like about any other.
    private func raise(
        _ schema: EventSchema?, _ transition: String, about cause: JournaledEvent,
        _ values: [String: RecordValue],
    ) throws {
        let incoming = try DerivedEvent.make(
            schema, about: cause.event, transition: transition, values: values, now: context.now)
        guard let id = incoming.event.id else { return }
        let entry = JournalWriter.Entry(
            id: id, kind: .connector, version: "1", cause: cause.number, isTold: cause.isTold)
        guard let journaled = try journal.write(incoming, entry) else { return }
        try context.audit(
            "connector.\(transition)", cause.id.hexadecimal, ["event": String(journaled.number)])
        try Decider(context: context).decide(journaled)
    }

    private func quarantine(_ leaf: JournalWriter.Leaf, _ problem: ContainedProblem) throws {
        try statements.run(
            """
            INSERT INTO quarantine (tenant, batch, position, code, reason, since_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (tenant, batch, position) DO UPDATE SET
                code = ?4, reason = ?5, tries = tries + 1, state = 'open'
            """,
            [
                .integer(leaf.batch.batch), .integer(leaf.position), .text(problem.code),
                .text(problem.sentence), context.now.sql,
            ])
        try context.audit(
            "event.quarantined", "\(leaf.batch.batch)/\(leaf.position)", ["code": problem.code])
    }
}
