package import Logging
internal import Programs
internal import ServiceLifecycle

/// Owns one tenant: takes its lease, renews it every 10 s, and runs the tenant's loops while it holds it.
///
/// A loop that fails is begun again after a second and stops no other; a lost lease ends all of them, and the
/// keeper tries to take it again (DESIGN.md 6.7).
package struct LeaseKeeper: Service {
    private let scope: TenantScope
    private let node: String
    private let ownersAreDead: Bool
    private let loops: [TenantLoop]
    private let returning: @Sendable (TenantStatements, Moment) throws -> Void
    private let clock: RelayClock
    private let sleep: @Sendable (Duration) async throws -> Void
    private let logger: Logger

    /// How often a held lease is renewed.
    package static let renewal = Duration.seconds(10)
    /// How long a loop that failed rests, and how often a foreign lease is asked for.
    package static let rest = Duration.seconds(1)

    /// - Parameters:
    ///   - node: name and process instance, unique among all that ever run.
    ///   - ownersAreDead: whoever holds the lease has ended for certain (``RunLock``).
    ///   - returning: called in the transaction that takes a tenant which nobody owned for a while.
    ///   - sleep: waits; a test owns it.
    package init(
        scope: TenantScope, node: String, ownersAreDead: Bool, loops: [TenantLoop], clock: RelayClock,
        logger: Logger,
        returning: @escaping @Sendable (TenantStatements, Moment) throws -> Void = { _, _ in },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    ) {
        self.scope = scope
        self.node = node
        self.ownersAreDead = ownersAreDead
        self.loops = loops
        self.returning = returning
        self.clock = clock
        self.sleep = sleep
        var logger = logger
        logger[metadataKey: LogKeys.tenant] = "\(scope.tenant)"
        self.logger = logger
    }

    /// Runs until the service group shuts down; gives the lease back then.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.keep() }
    }

    private func keep() async {
        var lastError = ""
        while !Task.isCancelled {
            do {
                // Our own loops have ended by now, so a lease that could not be given back is a dead owner's too.
                if let ownership = try await take() {
                    lastError = ""
                    logger.info("The tenant is ours", metadata: ["epoch": "\(ownership.epoch)"])
                    await hold(ownership)
                    try? await giveBack(ownership)
                    if !Task.isCancelled { logger.warning("The tenant's lease was lost") }
                }
            } catch {
                // An unchanged error is told once.
                let text = "\(error)"
                if text != lastError {
                    logger.error("The tenant's lease cannot be taken", metadata: [LogKeys.error: "\(text)"])
                }
                lastError = text
            }
            try? await sleep(Self.rest)
        }
    }

    private func take() async throws -> TenantOwnership? {
        let (node, now, ownersAreDead, returning) = (node, clock.now, ownersAreDead, returning)
        return try await scope.write { statements in
            let wasUnowned = try TenantOwnership.isFree(statements, now: now)
            let ownership = try TenantOwnership.take(
                statements, node: node, deadOwner: ownersAreDead, now: now)
            if ownership != nil, wasUnowned { try returning(statements, now) }
            return ownership
        }
    }

    /// Runs the loops until the lease is lost or the task is cancelled.
    private func hold(_ ownership: TenantOwnership) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.renew(ownership) }
            for loop in loops { group.addTask { await self.repeatedly(loop, as: ownership) } }
            await group.next()
            group.cancelAll()
        }
    }

    private func renew(_ ownership: TenantOwnership) async {
        while true {
            do {
                try await sleep(Self.renewal)
                let now = clock.now
                guard try await scope.write({ try ownership.renew($0, now: now) }) else { return }
            } catch is CancellationError {
                return
            } catch {
                // The lease lasts for two more tries; the loops' own writes say when it is over.
                logger.warning("The tenant's lease cannot be renewed", metadata: [LogKeys.error: "\(error)"])
            }
        }
    }

    /// Ends when the tenant is not ours any more, or the task is cancelled.
    private func repeatedly(_ loop: TenantLoop, as ownership: TenantOwnership) async {
        var lastError = ""
        while !Task.isCancelled {
            let begun = clock.monotonic
            do {
                try await loop.run(ownership)
            } catch is CancellationError {
                return
            } catch TenancyError.notOwner {
                return
            } catch {
                // One that comes back at once is told once; one that comes back later was gone meanwhile.
                let text = "\(error)"
                if text != lastError || clock.monotonic - begun >= Self.renewal {
                    logger.error(
                        "A loop failed and is begun again",
                        metadata: ["loop": "\(loop.name)", LogKeys.error: "\(text)"])
                }
                lastError = text
            }
            try? await sleep(Self.rest)
        }
    }

    private func giveBack(_ ownership: TenantOwnership) async throws {
        let now = clock.now
        try await scope.write { try ownership.release($0, now: now) }
    }
}
