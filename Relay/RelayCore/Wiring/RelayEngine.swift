internal import Cryptography
internal import HTTPTransport
package import Logging
internal import Messaging
internal import Programs

/// Everything of a relay but its listeners: the desks that take requests, and the loops of each tenant.
package struct RelayEngine: Sendable {
    /// Takes batches, the agents' heartbeat, pairing and providers' webhooks.
    package let batches: BatchReceiver
    package let syncs: SyncReceiver
    package let pairing: PairingDesk
    package let callbacks: CallbackDesk
    /// Of the database's volume.
    package let room: DiskRoom
    /// One for each tenant; they run the four loops where this node owns the tenant.
    package let keepers: [LeaseKeeper]

    /// - Parameters:
    ///   - tenants: whose loops run here.
    ///   - node: name and process instance, unique among all that ever run.
    ///   - ownersAreDead: no other relay runs on the database for certain (``RunLock``).
    /// - Throws: `CommandFailure` when the authorities' file cannot be read.
    package init(
        configuration: RelayConfiguration, keys: RelayKeys, store: RelayStore, tenants: [TenantID],
        node: String, ownersAreDead: Bool, clock: RelayClock, logger: Logger,
    ) throws {
        let wakeUps = Dictionary(uniqueKeysWithValues: tenants.map { ($0, TenantWakeUps()) })
        let reception = Reception(store: store, clock: clock, logger: logger)
        let room = DiskRoom(volumeOf: configuration.database)
        self.room = room
        batches = BatchReceiver(
            reception: reception, signing: keys.signing, room: room,
            stored: { wakeUps[$0]?.process.notify() })
        syncs = SyncReceiver(
            reception: reception, signing: keys.signing, pause: { try await Task.sleep(for: $0) })
        pairing = PairingDesk(reception: reception, keys: keys, configuration: configuration)
        callbacks = CallbackDesk(
            reception: reception, keys: keys, stored: { wakeUps[$0]?.apply.notify() })
        let trust = try Self.trust(configuration)
        let catalogue = try ErrorCatalogue.carried()
        let transport = HTTPClient()
        keepers = tenants.map { tenant in
            let scope = store.scope(tenant)
            let context = DispatchContext(
                scope: scope, keys: keys, catalogue: catalogue, transport: transport, trust: trust,
                times: configuration.sendTimes, clock: clock, logger: logger,
                hasRoom: { room.isEnough })
            return LeaseKeeper(
                scope: scope, node: node, ownersAreDead: ownersAreDead,
                loops: Self.loops(context, wakeUps[tenant] ?? TenantWakeUps(), logger), clock: clock,
                logger: logger,
                returning: { statements, now in
                    try UnheardProofs.waitAgain(
                        statements, times: configuration.sendTimes, node: node, now: now)
                })
        }
    }

    private static func loops(
        _ context: DispatchContext, _ wakeUps: TenantWakeUps, _ logger: Logger,
    ) -> [TenantLoop] {
        let process = ProcessLoop(
            scope: context.scope, rules: RuleSets(scope: context.scope), clock: context.clock,
            received: wakeUps.process, scheduled: wakeUps.dispatch, logger: logger)
        let dispatch = DispatchLoop(
            context: context, wakeUp: wakeUps.dispatch, applyWakeUp: wakeUps.apply)
        let apply = ApplyLoop(context: context, wakeUp: wakeUps.apply, dispatchWakeUp: wakeUps.dispatch)
        let seal = SealLoop(scope: context.scope, clock: context.clock)
        return [
            TenantLoop("process") { try await process.run(as: $0) },
            TenantLoop("dispatch") { try await dispatch.run(as: $0) },
            TenantLoop("apply") { try await apply.run(as: $0) },
            TenantLoop("seal") { try await seal.run(as: $0) },
        ]
    }

    private static func trust(_ configuration: RelayConfiguration) throws -> TransportTrust {
        guard let path = configuration.providerAuthorities else { return .system }
        let content = try NamedFile.bytes(
            path, what: "file of the providers' authorities",
            remedy: "Correct provider_authorities, or leave it out to believe the system's.")
        return .authorities(pem: String(decoding: content, as: UTF8.self), checkDates: true)
    }
}

/// The hints that one tenant's loops give each other.
private struct TenantWakeUps: Sendable {
    let process = WakeUp()
    let dispatch = WakeUp()
    let apply = WakeUp()
}
