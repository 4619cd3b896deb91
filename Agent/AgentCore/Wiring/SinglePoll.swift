package import Logging
internal import SAPAccess
internal import Values

/// What `ml-agent poll --once` does, beside a running agent or without one.
package struct SinglePoll: Sendable {
    private let context: AgentContext
    private let logger: Logger

    package init(_ context: AgentContext, logger: Logger) {
        self.context = context
        self.logger = logger
    }

    /// Reads what the feeds would read now, and writes nothing but the logon's attempt.
    /// - Parameter only: one feed; nil for all that are on.
    /// - Throws: what SAP or the spool refused; `ConfigurationError`.
    package func preview(only: String?) async throws -> [PollPreview] {
        try await withPollers(only) { pollers, _ in
            var previews: [PollPreview] = []
            for poller in pollers { previews.append(try await poller.preview()) }
            return previews
        }
    }

    /// Polls the feeds once, into the spool; the running agent sends what was found.
    ///
    /// Only for the holder of the lease, and only the pinned system.
    /// - Throws: what SAP or the spool refused; `PollRefused`, `ConfigurationError`.
    package func poll(only: String?) async throws {
        try await withPollers(only) { pollers, spool in
            guard try await spool.leaseHeard().isHeld else { throw PollRefused.noLease }
            for poller in pollers where try await poller.poll() == .spoolFull { throw PollRefused.spoolFull }
        }
    }

    private func withPollers<Value: Sendable>(
        _ only: String?, _ body: @escaping @Sendable ([FeedPoller], Spool) async throws -> Value,
    ) async throws -> Value {
        let catalogue = try context.feeds()
        let feeds = catalogue.documents.filter { feed in
            only.map { $0 == feed.name } ?? context.configuration.feed(feed.name).isOn
        }
        if let only, feeds.isEmpty {
            throw ConfigurationError.unknownFeed(only, known: catalogue.documents.map(\.name))
        }
        let spool = try await context.openSpool()
        let ahead = try await spool.relayAhead() ?? .zero
        let connections = try SAPConnections(
            context, spool: spool, allowed: catalogue.allowed, deadlines: Doctor.patience, logger: logger)
        do {
            return try await connections.whileRunning { source in
                let watch = SystemWatch(
                    source: source, memory: SystemMemory(vault: context.vault, spool: spool),
                    clock: context.clock, mode: context.configuration.source.mode)
                let pin: SystemPin
                switch try await watch.verdict() {
                case .ours(let system): pin = system
                case .notProduction: throw PollRefused.notProduction
                case .changed: throw PollRefused.systemChanged
                }
                let currencies = CurrencyTable(source: source)
                let pollers = feeds.compactMap { feed in
                    SAPFeedReader(
                        definition: feed, masters: catalogue.masters, source: source, currencies: currencies
                    ).map { reader in
                        FeedPoller(
                            reader: reader, spool: spool, source: pin.source,
                            relayNow: { Timestamp(milliseconds: context.clock.now + ahead.milliseconds) })
                    }
                }
                return try await body(pollers, spool)
            }
        } catch let error as SAPAccessError {
            throw error.asFailure
        }
    }
}
