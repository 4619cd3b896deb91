import ConnectorProtocol
import Cryptography
import Foundation
import HTTPTransport
import Logging
import RelayCore
import RelayHTTP
import SQLStore
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// A relay's receiving side behind real sockets: TLS for agents, plain HTTP on loopback for webhooks.
struct TestRelay: Sendable {
    let folder: TemporaryFolder
    let store: RelayStore
    let clock: OwnedClock
    let keys: RelayKeys
    let counts: ReceiveCounts
    let pairing: PairingDesk
    let free: Mutable<Int64>
    let stored: Mutable<Int>
    let pauses: Mutable<Int>
    let client = HTTPClient()
    let group: ServiceGroup
    let agents: Int
    let webhooks: Int

    /// A value that a test changes under the relay's feet.
    final class Mutable<Value: Sendable>: Sendable {
        private let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
        var now: Value { value.withLock { $0 } }
        func set(_ new: Value) { value.withLock { $0 = new } }
        func change(_ body: @Sendable (inout Value) -> Void) { value.withLock { body(&$0) } }
    }

    static let start = Moment(milliseconds: 1_764_000_000_000)
    static let total: Int64 = 100 << 30

    var scope: TenantScope { store.scope(.first) }

    /// Runs `body` against a relay on `folder`, whose database it opens or makes.
    static func run(
        in folder: TemporaryFolder? = nil, clock: OwnedClock = OwnedClock(start), waitsForEver: Bool = false,
        webhookLimits: ListenerLimits = .webhooks,
        _ body: @escaping @Sendable (TestRelay) async throws -> Void,
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        let vault = Vault(
            path: folder.file("relay.vault"), masterKey: try MasterKey(raw: [UInt8](repeating: 7, count: 32)))
        let keys = try RelayKeys.create(in: vault, now: start)
        let store = try await RelayStore.open(path: folder.file("relay.db"))
        try await store.initialise(now: start, random: .system)
        try await store.makeTenant(.first, name: "First", now: start)
        let reception = Reception(
            store: store, clock: clock.relayClock,
            logger: Logger(label: "relay") { _ in SwiftLogNoOpLogHandler() })
        let (free, stored, pauses) = (Mutable<Int64>(50 << 30), Mutable(0), Mutable(0))
        let pairing = PairingDesk(
            reception: reception, keys: keys, address: "https://127.0.0.1", version: "test")
        let context = RelayHTTPContext(
            batches: BatchReceiver(
                reception: reception, signing: keys.signing, room: DiskRoom { (free.now, total) },
                stored: { _ in stored.change { $0 += 1 } }),
            syncs: SyncReceiver(reception: reception, signing: keys.signing) { duration in
                pauses.change { $0 += 1 }
                if waitsForEver { try await forEver() }
                clock.advance(duration)
            },
            pairing: pairing,
            callbacks: CallbackDesk(
                reception: reception, keys: keys, stored: { _ in stored.change { $0 += 1 } }),
            readiness: { .init(isReady: true, sentence: "ready") })
        let now = Int64(Date().timeIntervalSince1970)
        let issued = try keys.authority.issueServerCertificate(names: ["127.0.0.1"], now: now, days: 2)
        let certificate = ListenerCertificate(chainPEM: issued.chainPEM, keyPEM: issued.privateKeyPEM)
        let agents = AgentsListener(
            host: "127.0.0.1", port: 0, certificate: certificate, context: context, logger: reception.quiet)
        let webhooks = PublicListener(
            host: "127.0.0.1", port: 0, certificate: nil, context: context, limits: webhookLimits,
            logger: reception.quiet)
        let services = ServiceGroup(services: [agents, webhooks], logger: reception.quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let relay = TestRelay(
                folder: folder, store: store, clock: clock, keys: keys, counts: reception.counts,
                pairing: pairing, free: free, stored: stored, pauses: pauses, group: services,
                agents: try await agents.boundPort(), webhooks: try await webhooks.boundPort())
            try await body(relay)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// Ends only when it is cancelled.
    private static func forEver() async throws {
        for await _ in AsyncStream<Never>.makeStream().stream {}
        throw CancellationError()
    }

    /// Sends to the agents' endpoint.
    func post(
        _ path: String, fields: [(name: String, value: String)], body: [UInt8],
    ) async throws -> TransportResponse {
        let trust = TransportTrust.authorities(pem: keys.authority.certificate.pem, checkDates: false)
        return try await client.send(
            TransportRequest(
                "POST", "https://127.0.0.1:\(agents)\(path)", headers: fields, body: body, trust: trust,
                responseBodyLimit: ProtocolLimits.syncAnswerBytesLimit))
    }

    /// Sends to the public port.
    func call(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
    ) async throws -> TransportResponse {
        try await client.send(
            TransportRequest(method, "http://127.0.0.1:\(webhooks)\(target)", headers: fields, body: body))
    }

    /// The one number that a statement gives.
    func count(_ sql: String) async throws -> Int64 {
        try await scope.read { try $0.first(sql)?.integer(0) ?? 0 }
    }
}

extension Reception {
    var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
