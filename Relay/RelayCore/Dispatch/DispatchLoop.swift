internal import Logging
package import Messaging
internal import Programs
internal import SQLStore
internal import Synchronization

/// Sends what is due for one tenant: intent, transfer, outcome (DESIGN.md 6.4).
///
/// Each account has lanes of its own, so that a slow or flooded provider holds no other up; each tenant has a
/// loop of its own.
package struct DispatchLoop: Sendable {
    private let context: DispatchContext
    private let lanes: AccountLanes
    private let wakeUp: WakeUp
    private let applyWakeUp: WakeUp
    private let gateway: ProviderGateway
    private let watch = ClockWatch()

    /// - Parameters:
    ///   - wakeUp: says that something is due; also told by the loop's own transfers when they end.
    ///   - applyWakeUp: told when evidence was stored.
    package init(context: DispatchContext, wakeUp: WakeUp, applyWakeUp: WakeUp) {
        self.context = context
        self.wakeUp = wakeUp
        self.applyWakeUp = applyWakeUp
        lanes = AccountLanes(times: context.times)
        gateway = ProviderGateway(context: context)
    }

    /// Runs until it is cancelled; transfers that are under way then are waited for.
    ///
    /// - Throws: `TenancyError.notOwner` when the tenant was lost, `SQLError`.
    package func run(as ownership: TenantOwnership) async throws {
        // A begin that fails ends the loop, but not the writing down of what is under way.
        let failure: (any Error)? = await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let transfers: [Transfer]
                do { transfers = try await begin(as: ownership) } catch { return error }
                for transfer in transfers {
                    group.addTask {
                        await perform(transfer, as: ownership)
                        wakeUp.notify()
                    }
                }
                if transfers.isEmpty { await wakeUp.wait(upTo: .seconds(1)) }
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// Begins what is due now, sends it and writes the outcomes.
    ///
    /// - Returns: whether anything was begun.
    /// - Throws: `TenancyError.notOwner`, `SQLError`.
    package func turn(as ownership: TenantOwnership) async throws -> Bool {
        let transfers = try await begin(as: ownership)
        await withTaskGroup { group in
            for transfer in transfers { group.addTask { await perform(transfer, as: ownership) } }
        }
        return !transfers.isEmpty
    }

    /// The first step: intents in one guarded transaction, durable when this returns.
    package func begin(as ownership: TenantOwnership) async throws -> [Transfer] {
        let (context, lanes) = (context, lanes)
        guard context.hasRoom() else { return [] }
        let tolerance = context.times.clockTolerance
        if let jump = watch.jump(of: context.clock, tolerance: tolerance) {
            try await waitAgain(after: jump, as: ownership)
        }
        let hasWork = try await context.scope.read { statements in
            let now = context.clock.now
            return try IntentDesk.hasWork(statements, now: now) { lanes.free($0, now: now) }
        }
        guard hasWork else { return [] }
        // F8: read before the intent is sent to the database.
        let startedAt = context.clock.monotonic
        let now = context.clock.now
        let noted = NotedTransfers()
        let watch = watch
        do {
            let transfers = try await context.scope.write(as: ownership, now: now) { statements in
                // Looked at again here: nobody else writes now, so no listing by a new time comes between.
                let isClockSet = watch.jump(of: context.clock, tolerance: tolerance) != nil
                let desk = IntentDesk(
                    statements: statements, context: context, ownership: ownership, now: now,
                    startedAt: startedAt, mayResend: !isClockSet)
                let transfers = try desk.begin { lanes.free($0, now: now) }
                noted.note(transfers)
                return transfers
            }
            for transfer in transfers { lanes.began(transfer.account.name) }
            return transfers
        } catch let error as TenancyError {
            throw error
        } catch {
            await takeBack(noted.all, as: ownership)
            throw error
        }
    }

    /// L4: what is open waits again before anything is sent a second time.
    private func waitAgain(after jump: Duration, as ownership: TenantOwnership) async throws {
        let context = context
        let now = context.clock.now
        context.logger.error(
            "The clock was set: what may have been sent waits once more before it is sent again",
            metadata: [
                "seconds": "\(jump.components.seconds)",
                LogKeys.remedy: "Check this host's clock and its time service.",
            ])
        try await context.scope.write(as: ownership, now: now) { statements in
            try ClockDesk(statements: statements, times: context.times, ownership: ownership, now: now)
                .waitAgain(after: jump)
        }
        watch.settle(jump)
    }

    /// Row 3: the commit was not confirmed.
    ///
    /// What is there by its nonce was not sent, and says so.
    private func takeBack(_ transfers: [Transfer], as ownership: TenantOwnership) async {
        for transfer in transfers {
            let isThere = try? await context.scope.read { statements in
                try statements.first(
                    "SELECT 1 FROM attempt WHERE tenant = ?1 AND notification = ?2 AND nonce = ?3",
                    [.text(transfer.content.notification), .blob(transfer.attempt.nonce)]) != nil
            }
            guard isThere == true else { continue }
            await record(SendReport(.notLeft(reason: "intent not confirmed")), of: transfer, as: ownership)
        }
    }

    /// The second and third step.
    private func perform(_ transfer: Transfer, as ownership: TenantOwnership) async {
        let report = await send(transfer)
        await record(report, of: transfer, as: ownership)
        lanes.ended(transfer.account.name)
    }

    /// The second step: the transfer itself, which leaves at most once.
    package func send(_ transfer: Transfer) async -> SendReport { await gateway.send(transfer) }

    /// The third step: writes the outcome, as evidence where the tenant is another node's by now.
    ///
    /// A write that fails (a full disk) is tried again: the answer is the only proof that there is.
    package func record(_ report: SendReport, of transfer: Transfer, as ownership: TenantOwnership) async {
        // Judged once: a write that is tried again is no second failure of the account.
        let verdict = lanes.judge(
            Self.health(report), account: transfer.account.name, now: context.clock.now)
        var pause = Duration.milliseconds(100)
        for _ in 0..<Self.recordTries {
            do {
                try await write(report, verdict, of: transfer, as: ownership)
                return
            } catch {
                context.logger.error(
                    "An outcome cannot be written and is tried again",
                    metadata: [
                        LogKeys.notification: "\(transfer.content.notification)", LogKeys.error: "\(error)",
                    ])
            }
            do { try await context.sleep(pause) } catch { return }
            pause = min(pause * 2, .seconds(5))
        }
    }
    /// About two minutes; then the send lease is over, and the list or a callback has to prove it.
    private static let recordTries = 30

    private func write(
        _ report: SendReport, _ verdict: AccountLanes.Verdict, of transfer: Transfer,
        as ownership: TenantOwnership,
    ) async throws {
        let context = context
        let now = context.clock.now
        let (notification, attempt) = (transfer.content.notification, transfer.attempt.id)
        if case .dead(_, let reason) = verdict {
            context.logger.warning(
                "An account rests",
                metadata: ["account": "\(transfer.account.name)", LogKeys.error: "\(reason)"])
        }
        do {
            try await context.scope.write(as: ownership, now: now) { statements in
                let desk = OutcomeDesk(statements: statements, context: context, now: now)
                _ = try desk.record(
                    report, notification: notification, attempt: attempt,
                    provider: transfer.account.provider, actor: ownership.node)
                try AccountHealthDesk(statements: statements, actor: ownership.node, now: now)
                    .record(verdict, account: transfer.account.name)
            }
        } catch TenancyError.notOwner {
            try await context.scope.write { statements in
                try OutcomeDesk(statements: statements, context: context, now: now)
                    .keep(report, notification: notification, attempt: attempt)
            }
            applyWakeUp.notify()
        }
    }

    static func health(_ report: SendReport) -> AccountLanes.Health {
        switch report.outcome {
        case .accepted: .well
        case .retryable(let code, let after) where report.httpStatus == 429 || code == "20429": .pace(after)
        case .retryable: .well
        case .permanent(let code, .configuration) where RetryPolicy.accountCodes.contains(code):
            .refused(code: code)
        case .permanent: .well
        case .notLeft(reason: "withheld"), .notLeft(reason: "late"), .notLeft(reason: "intent not confirmed"):
            .unasked
        case .notLeft, .ambiguous: .silent
        }
    }
}

/// The transfers of a transaction whose commit is not confirmed.
private final class NotedTransfers: Sendable {
    private let transfers = Mutex<[Transfer]>([])

    var all: [Transfer] { transfers.withLock { $0 } }
    func note(_ transfers: [Transfer]) { self.transfers.withLock { $0 = transfers } }
}
