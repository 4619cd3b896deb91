internal import ConnectorProtocol
package import Logging
internal import Programs
internal import SAPAccess
package import ServiceLifecycle
internal import Values

/// The running agent: workers, feeds, uploader and heartbeat, each of which goes on when another cannot.
package struct AgentService: Sendable {
    private let context: AgentContext
    private let catalogue: FeedCatalogue
    private let logger: Logger
    private let pause: Pause

    /// - Throws: `ConfigurationError`, `YAMLError` of a feed file.
    package init(_ context: AgentContext, logger: Logger, pause: Pause = .system) throws {
        self.context = context
        self.logger = logger
        self.pause = pause
        catalogue = try context.feeds()
    }

    /// What a service group runs, in this order; the pool is the last to go, so that a call has its answer.
    ///
    /// SAP and the relay may be away at any time, at the start too.
    /// - Throws: what makes this installation unusable: `ConfigurationError`, `VaultError`, `SQLError`, `RunLockRefusal`.
    package func services() async throws -> [any Service] {
        // First the lock: `pair` holds it while it writes what is read here.
        let lock = try RunLock(beside: context.configuration.paths.spool)
        let (relay, key) = try context.paired()
        if !context.hasSpool {
            logger.warning(
                "The spool is not there; a new one is made, and the relay says where it begins.",
                metadata: [LogKeys.path: "\(context.configuration.paths.spool)"])
        }
        let spool = try await context.openOrMakeSpool()
        let connections = try SAPConnections(
            context, spool: spool, allowed: catalogue.allowed, logger: logger)
        let time = RelayTime(host: context.clock, ahead: try await spool.relayAhead())
        let endpoint = RelayEndpoint(
            relay, key: key, transport: try context.transport(), time: time, proxy: try context.proxy())
        let memory = SystemMemory(vault: context.vault, spool: spool)
        let course = AgentCourse(
            context: context, catalogue: catalogue, spool: spool, endpoint: endpoint, memory: memory,
            source: connections.source, pause: pause, logger: logger, lock: lock)
        logger.info(
            "The agent starts.",
            metadata: [
                LogKeys.agent: "\(relay.agent)", LogKeys.host: "\(relay.address.text)",
                LogKeys.count: "\(course.feeds.count)",
            ])
        return [connections.pool, course, CodePageService(pause: pause)]
    }
}

extension AgentContext {
    /// The built-in feeds and those of the customer's folder.
    /// - Throws: `ConfigurationError` for a feed file, or an entry of the configuration, that is wrong.
    package func feeds() throws -> FeedCatalogue {
        let catalogue: FeedCatalogue
        do {
            catalogue =
                try configuration.paths.feeds.map { try FeedCatalogue.load(from: $0) } ?? .builtIn()
        } catch {
            throw ConfigurationError.feeds(String(describing: error))
        }
        try configuration.check(feeds: catalogue.documents.map(\.name), file: configurationPath)
        return catalogue
    }
}
