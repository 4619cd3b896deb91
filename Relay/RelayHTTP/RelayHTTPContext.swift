package import RelayCore

/// The desks behind the two listeners.
package struct RelayHTTPContext: Sendable {
    let batches: BatchReceiver
    let syncs: SyncReceiver
    let pairing: PairingDesk
    let callbacks: CallbackDesk
    let readiness: @Sendable () async -> Readiness

    /// Whether the relay can do its work.
    package struct Readiness: Hashable, Sendable {
        /// False: a load balancer should send nothing.
        package let isReady: Bool
        /// One sentence for people; no secret, no path.
        package let sentence: String

        /// A readiness of its parts.
        package init(isReady: Bool, sentence: String) {
            self.isReady = isReady
            self.sentence = sentence
        }
    }

    /// - Parameter readiness: asked for `/readyz`; whether the database takes writes.
    package init(
        batches: BatchReceiver, syncs: SyncReceiver, pairing: PairingDesk, callbacks: CallbackDesk,
        readiness: @escaping @Sendable () async -> Readiness,
    ) {
        self.batches = batches
        self.syncs = syncs
        self.pairing = pairing
        self.callbacks = callbacks
        self.readiness = readiness
    }
}
