internal import Cryptography
internal import FoundationEssentials
internal import Values

/// What `ml-agent pair` does: the token's proof, the pins into the vault, the SAP system into the spool.
package struct AgentPairing: Sendable {
    /// What both screens show, to be compared by the two people.
    package struct Result: Equatable, Sendable {
        package let agent: String
        package let address: String
        package let agentKey: String
        package let relayKey: String
        /// Of the relay's authorities; empty where the system's roots judge.
        package let authorities: [String]
    }

    private let context: AgentContext

    package init(_ context: AgentContext) { self.context = context }

    /// Whether there is a pairing that a new one would replace.
    /// - Throws: `VaultError`.
    package func isPaired() throws -> Bool { try context.vault.secret(.pairing) != nil }

    /// Pairs, and keeps what came of it: the key before it is shown, the rest when the relay has proved itself.
    ///
    /// Cut off anywhere, the same token goes on where it was; an older pairing stands until the new one is whole.
    /// As another agent than before it sets the spool aside: what lies in it is sealed under the old name, which the
    /// relay takes from nobody else, and is read from SAP again from where the relay's coverage ends (DESIGN 4.7).
    /// - Throws: `PairingFailure`, `VaultError`, `ConfigurationError.alreadyRuns` while an agent runs, `SQLError`.
    package func run(token: [UInt8]) async throws -> Result {
        let vault = context.vault
        let lock = try RunLock(spool: context.configuration.paths.spool)
        defer { withExtendedLifetime(lock) {} }
        let client = PairingClient(
            transport: try context.transport(), time: RelayTime(host: context.clock),
            host: AgentContext.hostName, version: AgentVersion.current, proxy: try context.proxy())
        let stored = try vault.secret(.nextAgentKey).map { try Ed25519.PrivateKey(raw: $0.exposedBytes) }
        let relay = try await client.pair(token: String(decoding: token, as: UTF8.self), key: stored) { key in
            try vault.set(Secret(bytes: key.raw), .nextAgentKey)
        }
        guard let key = try vault.secret(.nextAgentKey) else {
            throw ConfigurationError.secretMissing(AgentSecretName.nextAgentKey.rawValue)
        }
        let before = try vault.secret(.pairing).flatMap(PairedRelay.init)
        if let before, before.agent != relay.agent { try await setSpoolAside() }
        try vault.set(key, .agentKey)
        try vault.set(relay.secret, .pairing)
        try vault.remove(.nextAgentKey)
        return Result(
            agent: relay.agent, address: relay.address.text,
            agentKey: try Ed25519.PrivateKey(raw: key.exposedBytes).publicKey.fingerprint.grouped,
            relayKey: relay.relayKey.fingerprint.grouped,
            authorities: relay.authorities.map {
                (try? Certificate(pem: $0))?.fingerprint.grouped ?? "unreadable"
            })
    }

    /// Before the new pairing is written: a new spool under the old one is a spool that was lost, which is safe.
    private func setSpoolAside() async throws {
        let path = context.configuration.paths.spool
        let files = FileManager.default
        for suffix in ["", "-wal", "-shm"] where files.fileExists(atPath: path + suffix) {
            let aside = path + ".replaced" + suffix
            if files.fileExists(atPath: aside) { try files.removeItem(atPath: aside) }
            try files.moveItem(atPath: path + suffix, toPath: aside)
        }
        _ = try await context.openOrMakeSpool()
    }
}
