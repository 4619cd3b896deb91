import ArgumentParser
import Logging
import Programs
import RelayCore
import RelayHTTP
import ServiceLifecycle
import UnixSignals

/// Runs the relay.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the relay until SIGTERM or SIGINT.",
        discussion: """
            Prints one JSON line with the ports on standard output when it listens; logs go to standard error.
            """)

    @OptionGroup var relay: RelayOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        log.bootstrap()
        let logger = Logger(label: "ml-relay")
        let configuration = try relay.configuration()
        let installation = RelayInstallation(configuration: configuration)
        try installation.requireDatabase()
        let lock = try RunLock(beside: configuration.database)
        let store = try await installation.openStore()
        let keys = try installation.keys()
        let clock = RelayClock.system
        try await TenantSetup(store: store).apply(configuration, now: clock.now)
        let engine = try RelayEngine(
            configuration: configuration, keys: keys, store: store,
            tenants: configuration.tenants.map(\.tenant), node: installation.processName(),
            ownersAreDead: true, clock: clock, logger: logger)
        let service = try RelayService(
            configuration: configuration, keys: keys, engine: engine, store: store, clock: clock,
            logger: logger
        ) { agents, webhooks in
            logger.info("The relay listens", metadata: ["agents": "\(agents)", "public": "\(webhooks)"])
            ReadyLine.print(["agents": agents, "public": webhooks])
        }
        let group = ServiceGroup(
            services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        defer { withExtendedLifetime(lock) {} }
        try await group.run()
    }
}
