internal import ConnectorProtocol
package import Logging
internal import Programs
internal import SQLStore
internal import Synchronization

/// Turns what was received into events, decisions and notifications: in one place per tenant, each lane in order
/// and the live one first, each part in one transaction (DESIGN.md 6.1).
///
/// Whatever moment it is killed at, the database holds either all of a part or nothing of it, and the next turn
/// goes on from there.
package final class ProcessLoop: Sendable {
    /// What is known of the database from earlier turns; a take-over forgets it.
    private struct Memory {
        var owner: TenantOwnership?
        var hasDerivedSchemas = false
        /// The directory that all waiting notifications were asked of, and how far a running pass came.
        var askedDirectory: Int64?
        var pass: (directory: Int64, after: String)?
        var askedAt = Duration.zero
        /// Up to which event those without a batch were looked through.
        var decidedThrough: Int64 = 0
    }

    private let scope: TenantScope
    private let rules: RuleSets
    private let clock: RelayClock
    private let received: WakeUp
    private let scheduled: WakeUp
    private let logger: Logger
    private let schemas = SchemaStore()
    private let memory = Mutex(Memory())

    /// How long new notifications' recipients may wait for a directory that moves all the time.
    private static let askingInterval = Duration.seconds(5)

    /// - Parameters:
    ///   - rules: of the scope's tenant; shared with whoever applies rule sets, for its cache.
    ///   - received: receive says here that a batch was stored.
    ///   - scheduled: told when dispatch has something to do.
    package init(
        scope: TenantScope, rules: RuleSets, clock: RelayClock, received: WakeUp, scheduled: WakeUp,
        logger: Logger,
    ) {
        self.scope = scope
        self.rules = rules
        self.clock = clock
        self.received = received
        self.scheduled = scheduled
        var logger = logger
        logger[metadataKey: LogKeys.tenant] = "\(scope.tenant)"
        self.logger = logger
    }

    /// Works until the task is cancelled.
    /// - Throws: `TenancyError.notOwner` when the tenant is another node's, `SQLError` of the database.
    package func run(as owner: TenantOwnership) async throws {
        while !Task.isCancelled {
            if try await turn(as: owner) { continue }
            await received.wait(upTo: .seconds(1))
        }
    }

    /// One transaction's worth of work, the most urgent first.
    /// - Returns: whether there may be more at once.
    package func turn(as owner: TenantOwnership) async throws -> Bool {
        try await begin(owner)
        if mayAsk, try await askForRecipients(owner) { return true }
        if try await processBatch(owner) { return true }
        if try await decideDerived(owner) { return true }
        if try await processQuarantined(owner) { return true }
        return try await askForRecipients(owner)
    }

    private func begin(_ owner: TenantOwnership) async throws {
        let isKnown = memory.withLock { memory in
            if memory.owner != owner { memory = Memory(owner: owner) }
            return memory.hasDerivedSchemas
        }
        if isKnown { return }
        let now = clock.now
        try await scope.write(as: owner, now: now) { statements in
            try SchemaStore.add(DerivedEvent.schemas, statements, now: now)
        }
        memory.withLock { $0.hasDerivedSchemas = true }
    }

    /// Runs `body` in a transaction of the owner and wakes dispatch where it made something due.
    ///
    /// Savepoints cost more than all else that an event needs, and nearly no event needs one: `body` runs without
    /// them first, and where something failed again with them.
    private func write<T: Sendable>(
        _ owner: TenantOwnership, _ body: @escaping @Sendable (ProcessContext) throws -> T,
    ) async throws -> T {
        let result: T
        let hasScheduled: Bool
        do {
            (result, hasScheduled) = try await write(owner, hasSavepoints: false, body)
        } catch is SavepointsNeeded {
            (result, hasScheduled) = try await write(owner, hasSavepoints: true, body)
        }
        if hasScheduled { scheduled.notify() }
        return result
    }

    private func write<T: Sendable>(
        _ owner: TenantOwnership, hasSavepoints: Bool,
        _ body: @escaping @Sendable (ProcessContext) throws -> T,
    ) async throws -> (result: T, hasScheduled: Bool) {
        let (now, rules) = (clock.now, rules)
        return try await scope.write(as: owner, now: now) { statements in
            let context = try ProcessContext(
                statements, rules: rules, node: owner.node, now: now, hasSavepoints: hasSavepoints)
            return (try body(context), context.hasScheduled)
        }
    }
}

// Batches and quarantine.
extension ProcessLoop {
    /// A part of a batch with what could be found out before its transaction.
    private struct Plan: Sendable {
        let part: ReceivedBatch
        let contents: [LeafContent]
        let prepared: [Decider.Prepared?]
    }

    private func processBatch(_ owner: TenantOwnership) async throws -> Bool {
        guard let plan = try await plan({ try ReceivedBatch.mostUrgent($0) }) else { return false }
        let quarantined = try await write(owner) { context in
            guard try plan.part.passOn(context.statements, now: context.now) else { return 0 }
            let quarantined = try Self.take(plan, context)
            try context.audit(
                "batch.processed", "\(plan.part.batch)",
                [
                    "from": String(plan.part.from), "next": String(plan.part.next),
                    "quarantined": String(quarantined),
                ])
            return quarantined
        }
        logger.debug("A part of a batch was processed", metadata: ["events": "\(plan.part.leaves.count)"])
        if quarantined > 0 {
            logger.warning("Events went to quarantine", metadata: ["events": "\(quarantined)"])
        }
        return true
    }

    /// Decodes a part and asks the rules, before the transaction that holds the write lock.
    private func plan(
        _ part: @escaping @Sendable (TenantStatements) throws -> ReceivedBatch?,
    ) async throws -> Plan? {
        let (rules, schemas, now) = (rules, schemas, clock.now)
        return try await scope.read { statements in
            guard let part = try part(statements) else { return nil }
            let active = try ActiveRules(rules, statements)
            let contents = try part.leaves.map { leaf in
                try LeafContent.decode(leaf) { try schemas.schema($0, statements) }
            }
            let prepared = contents.map { Self.prepare($0, active, now: now) }
            return Plan(part: part, contents: contents, prepared: prepared)
        }
    }

    /// Readings are decided in the transaction: only there they have a name.
    private static func prepare(
        _ content: LeafContent, _ rules: ActiveRules, now: Moment,
    ) -> Decider.Prepared? {
        guard case .version(let version) = rules, case .event(let incoming) = content,
            let id = incoming.event.id, incoming.event.origin.isForRules
        else { return nil }
        let event = RuleEvent(incoming.event, id: id, schema: incoming.schema)
        return Decider.Prepared(
            version: version.number, now: now, results: version.rules.decide(event, now: now.timestamp))
    }

    /// - Returns: how many leaves went to quarantine.
    private static func take(_ plan: Plan, _ context: ProcessContext) throws -> Int {
        let taker = EventTaker(context: context)
        var quarantined = 0
        for (index, leaf) in plan.part.leaves.enumerated() {
            let place = JournalWriter.Leaf(batch: plan.part, position: leaf.position)
            let isSettled = try taker.take(plan.contents[index], place, prepared: plan.prepared[index])
            if !isSettled { quarantined += 1 }
        }
        return quarantined
    }

    /// Tries the oldest quarantined event that a person asked for again.
    private func processQuarantined(_ owner: TenantOwnership) async throws -> Bool {
        let plan = try await plan { statements in
            let row = try statements.first(
                """
                SELECT batch, position FROM quarantine
                WHERE tenant = ?1 AND state = 'retry' ORDER BY since_at, batch, position LIMIT 1
                """)
            return try row.flatMap {
                try ReceivedBatch.again(statements, batch: $0.integer(0), position: $0.integer(1))
            }
        }
        guard let plan else { return false }
        return try await write(owner) { context in
            guard try Self.take(plan, context) == 0 else { return true }
            try context.statements.run(
                """
                UPDATE quarantine SET state = 'done', settled_at = ?4, settled_by = ?5
                WHERE tenant = ?1 AND batch = ?2 AND position = ?3 AND state = 'retry'
                """,
                [
                    .integer(plan.part.batch), .integer(plan.part.from), context.now.sql,
                    .text(context.node),
                ])
            return true
        }
    }
}

// Decisions beside batches.
extension ProcessLoop {
    /// Decides about events that receive made by itself (`connector.coverage_gap`).
    private func decideDerived(_ owner: TenantOwnership) async throws -> Bool {
        let after = memory.withLock { $0.decidedThrough }
        let found = try await scope.read { statements in
            let last = try statements.first(
                "SELECT value FROM counter WHERE tenant = ?1 AND name = 'event'")?.integer(0)
            let rows = try statements.rows(
                """
                SELECT event FROM event e
                WHERE tenant = ?1 AND type >= 'connector.' AND type < 'connector/' AND event > ?2 AND NOT EXISTS (
                    SELECT 1 FROM decision d WHERE d.tenant = e.tenant AND d.event = e.event)
                ORDER BY event LIMIT ?3
                """, [.integer(after), .integer(ReceivedBatch.limit)])
            return (last: last ?? 0, events: try rows.map { try $0.integer(0) })
        }
        guard !found.events.isEmpty else {
            // Event numbers become visible in their own order: nothing below this one can still appear.
            memory.withLock { $0.decidedThrough = max($0.decidedThrough, found.last) }
            return false
        }
        let schemas = schemas
        try await write(owner) { context in
            for number in found.events {
                let event = try JournaledEvent.stored(number, context.statements, schemas: schemas)
                if let event { try Decider(context: context).decide(event) }
            }
        }
        memory.withLock { $0.decidedThrough = found.events.last ?? after }
        return true
    }

    /// Whether the waiting notifications' turn has come though batches may be there.
    private var mayAsk: Bool {
        let now = clock.monotonic
        return memory.withLock { now - $0.askedAt >= Self.askingInterval }
    }

    /// Asks whom waiting notifications are for, where the directory moved since they were asked last.
    private func askForRecipients(_ owner: TenantOwnership) async throws -> Bool {
        let now = clock.monotonic
        let (asked, pass) = memory.withLock { memory in
            memory.askedAt = now
            return (memory.askedDirectory, memory.pass)
        }
        if pass == nil {
            let current = try await scope.read { statements in
                try statements.first("SELECT directory_version FROM tenant WHERE tenant = ?1")?.integer(0)
            }
            if current == asked { return false }
        }
        let (rules, schemas) = (rules, schemas)
        let after = pass?.after ?? ""
        let (directory, last) = try await write(owner) { context in
            let waiting = AwaitingRecipients(context: context, rules: rules, schemas: schemas)
            return (context.directoryVersion, try waiting.retry(after: after))
        }
        memory.withLock { memory in
            // What the directory became during a pass is asked by the next one.
            let begun = pass?.directory ?? directory
            memory.pass = last.map { (begun, $0) }
            if last == nil { memory.askedDirectory = begun }
        }
        return last != nil
    }
}
