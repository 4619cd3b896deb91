internal import Cryptography
package import Logging
internal import NIOCore
internal import Programs
package import RelayCore
internal import ServiceLifecycle

/// A whole relay: both listeners, and the loops of every tenant.
package struct RelayService: Service, CustomStringConvertible {
    /// For the life cycle's own log lines, which would else hold the whole configuration.
    package var description: String { "RelayService" }

    private let agents: AgentsListener
    private let webhooks: PublicListener
    private let addresses: (agents: ListenerConfiguration, webhooks: ListenerConfiguration)
    private let keepers: [LeaseKeeper]
    private let isReady: @Sendable (_ agents: Int, _ webhooks: Int) -> Void
    private let logger: Logger

    /// How long a certificate of the relay's own authority lasts; a new one is issued at each start.
    private static let certificateDays = 825

    /// - Parameters:
    ///   - isReady: told the ports of both listeners once they listen.
    /// - Throws: `CryptographyError`, `CommandFailure` for certificates that cannot be read.
    package init(
        configuration: RelayConfiguration, keys: RelayKeys, engine: RelayEngine, store: RelayStore,
        clock: RelayClock, logger: Logger,
        isReady: @escaping @Sendable (_ agents: Int, _ webhooks: Int) -> Void,
    ) throws {
        let context = RelayHTTPContext(
            batches: engine.batches, syncs: engine.syncs, pairing: engine.pairing,
            callbacks: engine.callbacks, readiness: { await Self.readiness(store, engine.room) })
        let (inside, outside) = (configuration.agents, configuration.webhooks)
        let own =
            try Self.given(inside, now: clock.now, logger: logger)
            ?? Self.issued(inside, keys: keys, now: clock.now)
        agents = AgentsListener(
            host: inside.listen.host, port: inside.listen.port, certificate: own, context: context,
            logger: logger)
        webhooks = PublicListener(
            host: outside.listen.host, port: outside.listen.port,
            certificate: try Self.given(outside, now: clock.now, logger: logger), context: context,
            logger: logger)
        addresses = (inside, outside)
        keepers = engine.keepers
        self.isReady = isReady
        self.logger = logger
    }

    /// Serves until the service group shuts down: no new requests first, then the loops end.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for keeper in keepers { group.addTask { try await keeper.run() } }
            group.addTask { try await Self.listening(addresses.webhooks) { try await webhooks.run() } }
            group.addTask { try await Self.listening(addresses.agents) { try await agents.run() } }
            group.addTask {
                let ports = (try await agents.boundPort(), try await webhooks.boundPort())
                isReady(ports.0, ports.1)
            }
            // The first failure ends the others: half a relay would look like a whole one.
            while try await group.next() != nil {}
        }
    }

    private static func listening(
        _ configuration: ListenerConfiguration, _ body: () async throws -> Void,
    ) async throws {
        do {
            try await body()
        } catch let error as IOError {
            throw CommandFailure(
                "The relay cannot listen on \(configuration.listen) (error \(error.errnoCode)).",
                remedy: "End what listens there, or choose another address in the configuration.",
                kind: .configuration)
        } catch is SocketAddressError.UnknownHost {
            throw CommandFailure(
                "The relay cannot listen on \(configuration.listen): this host does not know that name.",
                remedy: "Write an address of this host in the configuration, for example 0.0.0.0.",
                kind: .configuration)
        }
    }

    /// Low room does not keep a load balancer away: callbacks are still taken.
    private static func readiness(
        _ store: RelayStore, _ room: DiskRoom,
    ) async -> RelayHTTPContext.Readiness {
        do {
            try await store.checkWrites()
        } catch {
            return .init(isReady: false, sentence: "the database takes no writes")
        }
        guard room.isEnough else {
            return .init(
                isReady: true, sentence: "ready, but the disk is nearly full: no batches, no sending")
        }
        return .init(isReady: true, sentence: "ready")
    }

    /// The certificate that was given; what has ended is told, and shown all the same: the loops are not to wait for it.
    private static func given(
        _ listener: ListenerConfiguration, now: Moment, logger: Logger,
    ) throws -> ListenerCertificate? {
        guard let files = listener.certificate else { return nil }
        let certificate = try ListenerCertificate(reading: files)
        if let end = certificate.notAfter, end < now.milliseconds / 1_000 {
            logger.error(
                "A certificate has ended: peers refuse it until its files are replaced and the relay starts again",
                metadata: [
                    "certificate.file": "\(files.certificate)",
                    "certificate.end": "\(Moment(milliseconds: end * 1_000))",
                ])
        }
        return certificate
    }

    private static func issued(
        _ listener: ListenerConfiguration, keys: RelayKeys, now: Moment,
    ) throws -> ListenerCertificate {
        let host = listener.address.split(separator: "://").last.map { rest in
            rest.hasPrefix("[")
                ? String(rest.dropFirst().prefix { $0 != "]" }) : String(rest.prefix { !":/".contains($0) })
        }
        let issued = try keys.authority.issueServerCertificate(
            names: [host ?? ""], now: now.milliseconds / 1_000, days: certificateDays)
        return ListenerCertificate(chainPEM: issued.chainPEM, keyPEM: issued.privateKeyPEM)
    }
}
