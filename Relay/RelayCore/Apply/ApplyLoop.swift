internal import Logging
internal import Programs
internal import Synchronization

/// Turns evidence into delivery state for one tenant, and finds out what nobody said (DESIGN.md 6.4, 6.5).
///
/// Questions to providers run beside the rest, a few per account, so that a silent provider delays neither
/// evidence nor deadlines.
package struct ApplyLoop: Sendable {
    private let context: DispatchContext
    private let wakeUp: WakeUp
    private let dispatchWakeUp: WakeUp
    private let asked = AskedLookups()

    private static let piecesAtOnce = 200
    private static let lookupsPerAccount = 4

    /// - Parameters:
    ///   - wakeUp: says that evidence was stored.
    ///   - dispatchWakeUp: told when something may be sent again.
    package init(context: DispatchContext, wakeUp: WakeUp, dispatchWakeUp: WakeUp) {
        self.context = context
        self.wakeUp = wakeUp
        self.dispatchWakeUp = dispatchWakeUp
    }

    /// Runs until it is cancelled.
    ///
    /// - Throws: `TenancyError.notOwner` when the tenant was lost, `SQLError`.
    package func run(as ownership: TenantOwnership) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let didSomething = try await settle(as: ownership)
                for lookup in try await lookups() {
                    group.addTask { try await ask(lookup, as: ownership) }
                }
                if !didSomething { await wakeUp.wait(upTo: .seconds(1)) }
            }
        }
    }

    /// Applies what is stored, lets time do its part, and asks what is due to be asked.
    ///
    /// - Returns: whether there was anything to do.
    /// - Throws: `TenancyError.notOwner`, `SQLError`.
    package func turn(as ownership: TenantOwnership) async throws -> Bool {
        let didSettle = try await settle(as: ownership)
        let lookups = try await lookups()
        try await withThrowingTaskGroup { group in
            for lookup in lookups { group.addTask { try await ask(lookup, as: ownership) } }
            try await group.waitForAll()
        }
        return didSettle || !lookups.isEmpty
    }

    /// Evidence first, then time: what is known decides before what ran out.
    private func settle(as ownership: TenantOwnership) async throws -> Bool {
        let context = context
        let hasWork = try await context.scope.read { statements in
            let now = context.clock.now
            let hasEvidence = try EvidenceApplier.hasWork(statements)
            return try hasEvidence || NotificationSweep.hasWork(statements, now: now, times: context.times)
        }
        guard hasWork else { return false }
        let now = context.clock.now
        let changed = try await context.scope.write(as: ownership, now: now) { statements in
            let applied = try EvidenceApplier(
                statements: statements, context: context, ownership: ownership, now: now
            ).apply(limit: Self.piecesAtOnce)
            let swept = try NotificationSweep(
                statements: statements, context: context, ownership: ownership, now: now
            ).run(limit: Self.piecesAtOnce)
            return applied + swept
        }
        if changed > 0 { dispatchWakeUp.notify() }
        return changed > 0
    }

    private func lookups() async throws -> [ProviderLookup] {
        let (context, asked) = (context, asked)
        let lookups = try await context.scope.read { statements in
            let now = context.clock.now
            var lookups: [ProviderLookup] = []
            let accounts = try ProviderAccount.all(statements, withRetired: true)
            for account in accounts where account.provider == .twilio {
                let underWay = asked.of(account.name)
                lookups += try ProviderLookup.due(
                    statements, context: context, account: account, now: now,
                    limit: max(0, Self.lookupsPerAccount - underWay.count), except: underWay)
            }
            return lookups
        }
        for lookup in lookups { asked.began(lookup.notification, account: lookup.account.name) }
        return lookups
    }

    private func ask(_ lookup: ProviderLookup, as ownership: TenantOwnership) async throws {
        defer { asked.ended(lookup.notification, account: lookup.account.name) }
        do {
            try await lookup.run(as: ownership)
            dispatchWakeUp.notify()
        } catch let error as TenancyError {
            throw error
        } catch {
            context.logger.error(
                "What a provider showed cannot be written",
                metadata: [LogKeys.notification: "\(lookup.notification)", LogKeys.error: "\(error)"])
            try await lookup.postpone(as: ownership)
        }
    }
}

/// The questions that are under way, per account.
private final class AskedLookups: Sendable {
    private let asked = Mutex<[String: Set<String>]>([:])

    func of(_ account: String) -> Set<String> { asked.withLock { $0[account] ?? [] } }
    func began(_ notification: String, account: String) {
        asked.withLock { _ = $0[account, default: []].insert(notification) }
    }
    func ended(_ notification: String, account: String) {
        asked.withLock { _ = $0[account, default: []].remove(notification) }
    }
}
