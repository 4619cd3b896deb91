internal import Cryptography
internal import Foundation
package import Logging
internal import NIOCore
internal import Programs
package import RelayCore
internal import ServiceLifecycle

/// A whole relay: both listeners, and the loops of every tenant.
package struct RelayService: Service {
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
            callbacks: engine.callbacks, readiness: { await Self.readiness(store) })
        let (inside, outside) = (configuration.agents, configuration.webhooks)
        let own = try Self.certificate(inside) ?? Self.issued(inside, keys: keys, now: clock.now)
        agents = AgentsListener(
            host: inside.listen.host, port: inside.listen.port, certificate: own, context: context,
            logger: logger)
        webhooks = PublicListener(
            host: outside.listen.host, port: outside.listen.port,
            certificate: try Self.certificate(outside), context: context, logger: logger)
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
        } catch let error as IOError where [EADDRINUSE, EACCES, EADDRNOTAVAIL].contains(error.errnoCode) {
            throw CommandFailure(
                "The relay cannot listen on \(configuration.listen) (error \(error.errnoCode)).",
                remedy: "End what listens there, or choose another address in the configuration.",
                kind: .configuration)
        }
    }

    private static func readiness(_ store: RelayStore) async -> RelayHTTPContext.Readiness {
        do {
            _ = try await store.incarnation()
            return .init(isReady: true, sentence: "ready")
        } catch {
            return .init(isReady: false, sentence: "the database does not answer")
        }
    }

    private static func certificate(_ listener: ListenerConfiguration) throws -> ListenerCertificate? {
        guard let files = listener.certificate else { return nil }
        func read(_ path: String) throws -> String {
            guard let content = FileManager.default.contents(atPath: path) else {
                throw CommandFailure(
                    "The certificate file \(path) cannot be read.",
                    remedy: "Correct the path in the configuration, or its mode.", kind: .configuration)
            }
            return String(decoding: content, as: UTF8.self)
        }
        return ListenerCertificate(
            chainPEM: try read(files.certificate), keyPEM: Secret(try read(files.key)))
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
