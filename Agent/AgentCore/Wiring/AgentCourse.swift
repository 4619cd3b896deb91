internal import ConnectorProtocol
internal import Logging
internal import Programs
internal import SAPAccess
internal import ServiceLifecycle
internal import Values

/// What runs on the pool: first the system is known, then heartbeat, uploader and feeds go side by side.
///
/// Feeds wait for the lease, and for the relay to say what it covers; both come with the first heartbeat.
struct AgentCourse: Service, CustomStringConvertible {
    let context: AgentContext
    let catalogue: FeedCatalogue
    let spool: Spool
    let endpoint: RelayEndpoint
    let memory: SystemMemory
    let source: RFCSource
    let pause: Pause
    let logger: Logger
    /// Held as long as this runs.
    let lock: RunLock

    /// For the life cycle's own log lines, which would else hold every feed.
    var description: String { "AgentCourse" }
    /// Feeds that are on.
    var feeds: [FeedDefinition] { catalogue.documents.filter { context.configuration.feed($0.name).isOn } }
    /// Between the ends of two polls, where the configuration says nothing (DESIGN section 9).
    private static let interval: Duration = .seconds(60)

    func run() async throws {
        guard let system = await identify() else { return }
        let lease = AgentLease()
        let (spool, endpoint) = (spool, endpoint)
        let sync = SyncClient(
            spool: spool, endpoint: endpoint, source: system.source, lease: lease, logger: logger,
            pause: pause,
            status: {
                try await spool.agentStatus(
                    version: AgentVersion.current, host: AgentContext.hostName, source: system.source,
                    ahead: endpoint.time.ahead)
            }, carryOut: { [logger] in Self.pass($0, logger) })
        let uploader = Uploader(
            spool: spool, endpoint: endpoint, source: system.source, logger: logger, pause: pause)
        let housekeeping = HousekeepingService(spool: spool, logger: logger, pause: pause)
        var services: [any Service] = [sync, uploader, housekeeping]
        services += feedServices(system, lease)
        try await withThrowingDiscardingTaskGroup { group in
            for service in services { group.addTask { try await service.run() } }
        }
    }

    /// This version knows no command (DESIGN 5 has them); one of a newer relay is told, and not asked for again.
    private static func pass(_ command: Command, _ logger: Logger) {
        logger.warning(
            "A command of the relay is not known here, and was not carried out.",
            metadata: ["command.name": "\(command.name)", "command.number": "\(command.number)"])
    }

    /// The pinned system, or at the very first start the one that answers; asked for until it does.
    /// - Returns: nil at shutdown.
    private func identify() async -> SystemPin? {
        await cancelWhenGracefulShutdown {
            var backOff = BackOff()
            var problem: String?
            while !Task.isCancelled {
                do {
                    if let pin = try await memory.pinned() { return pin }
                    let pin = SystemPin(try await source.systemInformation())
                    _ = try await memory.meet(pin)
                    logger.notice("The SAP system is pinned.", metadata: ["sap.system": "\(pin.summary)"])
                    return pin
                } catch {
                    if Task.isCancelled { return nil }
                    let sentence = FailureReport(error).text
                    if sentence != problem {
                        logger.warning(
                            "SAP is not reached yet; it is tried again.",
                            metadata: [LogKeys.error: "\(sentence)"])
                    }
                    problem = sentence
                    do { try await pause(backOff.fail(random: spool.random)) } catch { return nil }
                }
            }
            return nil
        }
    }

    private func feedServices(_ system: SystemPin, _ lease: AgentLease) -> [FeedService] {
        let currencies = CurrencyTable(source: source)
        let watch = SystemWatch(
            source: source, memory: memory, clock: context.clock, mode: context.configuration.source.mode)
        let (spool, time, pause) = (spool, endpoint.time, pause)
        return feeds.compactMap { feed in
            guard
                let reader = SAPFeedReader(
                    definition: feed, masters: catalogue.masters, source: source, currencies: currencies)
            else { return nil }
            let poller = FeedPoller(
                reader: reader, spool: spool, source: system.source, relayNow: { time.now },
                mayGoOn: { lease.mayPoll })
            return FeedService(
                feed: feed.name,
                interval: context.configuration.feed(feed.name).interval ?? Self.interval, spool: spool,
                system: watch,
                surroundings: FeedService.Surroundings(
                    hasLease: { lease.mayPoll }, sleep: { try await pause($0) }), logger: logger
            ) { pin in
                // Another source is another name for every event: the agent has to start anew under it.
                guard pin.source == system.source else { throw SystemChanged(met: pin) }
                return try await poller.poll()
            }
        }
    }
}
