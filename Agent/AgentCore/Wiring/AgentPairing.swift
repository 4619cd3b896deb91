internal import Cryptography
internal import FoundationEssentials
internal import Programs
internal import SQLStore
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
    /// - Throws: `PairingFailure`, `VaultError`, `RunLockRefusal` while an agent runs, `SQLError`.
    package func run(token: String) async throws -> Result {
        let vault = context.vault
        let lock = try RunLock(beside: context.configuration.paths.spool)
        defer { withExtendedLifetime(lock) {} }
        let client = PairingClient(
            transport: try context.transport(), time: RelayTime(host: context.clock),
            host: AgentContext.hostName, version: AgentVersion.current, proxy: try context.proxy())
        let stored = try vault.secret(.nextAgentKey).map { try Ed25519.PrivateKey(raw: $0.exposedBytes) }
        let relay = try await client.pair(token: token, key: stored) { key in
            try vault.set(Secret(bytes: key.raw), .nextAgentKey)
        }
        try await keep(relay)
        return Result(
            agent: relay.agent, address: relay.address.text,
            agentKey: try context.paired().key.publicKey.fingerprint.grouped,
            relayKey: relay.relayKey.fingerprint.grouped,
            authorities: relay.authorities.map {
                (try? Certificate(pem: $0))?.fingerprint.grouped ?? "unreadable"
            })
    }

    /// Keeps what pairing gave; may be cut off anywhere and run again.
    ///
    /// The write of `pairing` is the one step between the old pairing and the new one: `paired` takes the key that
    /// its receipt names, under whichever name that lies.
    package func keep(_ relay: PairedRelay) async throws {
        let vault = context.vault
        let key = try vault.required(.nextAgentKey)
        let before = try vault.secret(.pairing).flatMap(PairedRelay.init)
        if let before, before.agent != relay.agent { try await setSpoolAside() }
        try vault.set(relay.secret, .pairing)
        try vault.set(key, .agentKey)
        try vault.remove(.nextAgentKey)
    }

    /// Before the new pairing is written: a new spool under the old one is a spool that was lost, which is safe.
    ///
    /// The database goes first. Its log alone is harmless, for SQLite deletes a log beside an empty file; without
    /// its log the database would be a spool that was set back, or a torn one.
    private func setSpoolAside() async throws {
        let path = context.configuration.paths.spool
        let aside = path + ".replaced"
        let files = FileManager.default
        let suffixes = ["", "-wal", "-shm"]
        if context.hasSpool {
            // All of an earlier one: its log would be taken for this one's.
            for file in suffixes.map({ aside + $0 }) where files.fileExists(atPath: file) {
                try files.removeItem(atPath: file)
            }
        }
        for suffix in suffixes where files.fileExists(atPath: path + suffix) {
            try files.moveItem(atPath: path + suffix, toPath: aside + suffix)
        }
        try await context.openOrMakeSpool().recall(gates: await Self.gates(in: aside))
    }

    /// A password that SAP has refused stays refused, whoever the agent is (DESIGN 4.6).
    ///
    /// Of a spool that cannot be read they are lost with it.
    private static func gates(in path: String) async -> [SQLRow] {
        guard let database = try? await SQLiteDatabase.openReadOnly(path: path) else { return [] }
        let gates = try? await database.logonGates()
        await database.close()
        return gates ?? []
    }
}
