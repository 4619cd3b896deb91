internal import Foundation
package import HTTPTransport
package import Logging
package import Messaging

/// What dispatch and apply of one tenant stand on, handed in so that a test can own all of it.
package struct DispatchContext: Sendable {
    package let scope: TenantScope
    package let keys: RelayKeys
    package let catalogue: ErrorCatalogue
    package let transport: any Transport
    /// Whom requests to providers believe.
    package let trust: TransportTrust
    package let proxy: TransportProxy
    package let times: SendTimes
    package let clock: RelayClock
    package let logger: Logger
    /// Whether the disk has room for new intents; outcomes and callbacks still have it then (DESIGN.md 6.7).
    package let hasRoom: @Sendable () -> Bool
    /// A number from 0 up to 1, drawn for each delay.
    package let jitter: @Sendable () -> Double
    /// Waits before a write that failed is tried again; a test owns it.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        scope: TenantScope, keys: RelayKeys, catalogue: ErrorCatalogue, transport: any Transport,
        trust: TransportTrust = .system, proxy: TransportProxy = .none, times: SendTimes = SendTimes(),
        clock: RelayClock, logger: Logger, hasRoom: @escaping @Sendable () -> Bool = { true },
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    ) {
        self.scope = scope
        self.keys = keys
        self.catalogue = catalogue
        self.transport = transport
        self.trust = trust
        self.proxy = proxy
        self.times = times
        self.clock = clock
        self.logger = logger
        self.hasRoom = hasRoom
        self.jitter = jitter
        self.sleep = sleep
    }

    var secrets: TenantSecrets { TenantSecrets(keys: keys) }
}

extension ErrorCatalogue {
    /// The catalogue that the program carries.
    ///
    /// - Throws: `DecodingError`, which a test of the resources rules out.
    package static func carried() throws -> ErrorCatalogue {
        try ErrorCatalogue(json: Data(RelayResources.bytes("Catalogue/provider-errors.json") ?? []))
    }
}
