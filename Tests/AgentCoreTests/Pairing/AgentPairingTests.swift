import AgentCore
import ConnectorProtocol
import Cryptography
import Foundation
import SAPAccess
import SQLStore
import TestSupport
import Testing
import Values

@Suite("What pairing leaves on the host")
struct AgentPairingTests {
    /// An agent as `init` makes it, and what stands in its spool.
    private struct Host {
        let folder: TemporaryFolder
        let context: AgentContext
        var spool: String { context.configuration.paths.spool }
        var aside: String { spool + ".replaced" }

        init() async throws {
            folder = try TemporaryFolder()
            let path = folder.file("etc/agent.yaml")
            let clock = HostClock { 1_795_600_000_000 }
            _ = try await AgentInstallation(configurationPath: path, stateFolder: folder.file("var"))
                .run(clock: clock)
            context = try AgentContext(configurationPath: path, clock: clock)
        }

        /// Leaves the spool as a process that was killed leaves it: what it wrote lies in the log.
        func killWriter(of mark: String) async throws {
            let living = folder.file("living.db")
            let spool = try await Spool.open(SQLiteDatabase.open(path: living), clock: context.clock)
            try await spool.recall(AgentPairingTests.pin(mark))
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: self.spool + suffix)
                try FileManager.default.copyItem(atPath: living + suffix, toPath: self.spool + suffix)
            }
            for suffix in ["", "-wal", "-shm"] {
                try FileManager.default.removeItem(atPath: living + suffix)
            }
            withExtendedLifetime(spool) {}
        }

        /// What the spool at `path` was marked with.
        func mark(_ path: String) async throws -> String? {
            let database = try await SQLiteDatabase.open(path: path)
            let mark = try await Spool.open(database, clock: context.clock).systemPin()?.systemID
            await database.close()
            return mark
        }
    }

    private static func pin(_ mark: String) -> SystemPin { SystemPin(SystemStandIn.system(systemID: mark)) }

    private static func key(_ byte: UInt8) throws -> Ed25519.PrivateKey {
        try Ed25519.PrivateKey(raw: Array(repeating: byte, count: 32))
    }

    private static func relay(_ agent: String, key: Ed25519.PrivateKey) throws -> PairedRelay {
        let receipt = PairingReceipt(
            agent: agent, agentKey: key.publicKey, keyNumber: 1, time: Timestamp(milliseconds: 0))
        let relay = try Self.key(9)
        return PairedRelay(
            address: try #require(RelayAddress("https://relay.example.com")), agent: agent,
            relayKey: relay.publicKey, authorities: [],
            receipt: try SignedBytes(receipt.bytes, as: .receipt, key: relay))
    }

    /// Pairs as `agent` with the key of that byte, as `run` does once the relay has answered.
    private static func pair(_ host: Host, as agent: String, _ byte: UInt8) async throws {
        let key = try Self.key(byte)
        try host.context.vault.set(Secret(bytes: key.raw), .nextAgentKey)
        try await AgentPairing(host.context).keep(try relay(agent, key: key))
    }

    @Test("Cut off between any two writes of the vault, the old pairing or the new one is whole")
    func vault() async throws {
        let host = try await Host()
        let vault = host.context.vault
        #expect(throws: ConfigurationError.notPaired) { try host.context.paired() }
        try await Self.pair(host, as: "agent-1", 1)
        #expect(try vault.secret(.nextAgentKey) == nil)
        let next = try Self.key(2)
        try vault.set(Secret(bytes: next.raw), .nextAgentKey)
        #expect(try host.context.paired().relay.agent == "agent-1")
        #expect(try host.context.paired().key.raw == Self.key(1).raw)
        try vault.set(Self.relay("agent-2", key: next).secret, .pairing)
        #expect(try host.context.paired().relay.agent == "agent-2")
        #expect(try host.context.paired().key.raw == next.raw)
        // The same command again makes it whole.
        try await Self.pair(host, as: "agent-2", 2)
        #expect(try host.context.paired().key.raw == next.raw)
        #expect(try vault.secret(.agentKey) == Secret(bytes: next.raw))
        #expect(try vault.secret(.nextAgentKey) == nil)
    }

    @Test("As another agent the whole spool is set aside, as the same one it stays")
    func aside() async throws {
        let host = try await Host()
        try await Self.pair(host, as: "agent-1", 1)
        try await host.killWriter(of: "ONE")
        try await Self.pair(host, as: "agent-1", 2)
        #expect(!FileManager.default.fileExists(atPath: host.aside))
        try await Self.pair(host, as: "agent-2", 3)
        #expect(try await host.mark(host.aside) == "ONE")
        #expect(try await host.mark(host.spool) == nil)
    }

    @Test("A logon that SAP has refused stays refused when the agent becomes another")
    func gate() async throws {
        let host = try await Host()
        try await Self.pair(host, as: "agent-1", 1)
        let identity = host.context.configuration.source.identity
        let gate = SpoolLogonGate(spool: try await host.context.openSpool(), owner: .current, wait: {})
        try await gate.end(try await gate.begin(identity), .refused(sentence: "Wrong password"))
        try await Self.pair(host, as: "agent-2", 2)
        let later = SpoolLogonGate(spool: try await host.context.openSpool(), owner: .current, wait: {})
        await #expect(throws: LogonGateError.closed(identity, reason: "Wrong password")) {
            _ = try await later.begin(identity)
        }
        try await later.retry()
        try await later.end(try await later.begin(identity), .succeeded)
    }

    @Test("A log that was left of an earlier spool is not read as that of a later one")
    func twice() async throws {
        let host = try await Host()
        try await Self.pair(host, as: "agent-1", 1)
        try await host.killWriter(of: "ONE")
        try await Self.pair(host, as: "agent-2", 2)
        #expect(FileManager.default.fileExists(atPath: host.aside + "-wal"))
        // The second one ends well and leaves no log.
        try await host.context.openOrMakeSpool().recall(Self.pin("TWO"))
        try await Self.pair(host, as: "agent-3", 3)
        #expect(try await host.mark(host.aside) == "TWO")
    }

    @Test("Killed before the log has followed its database: paired again, both are aside")
    func killedBetweenRenames() async throws {
        let host = try await Host()
        try await Self.pair(host, as: "agent-1", 1)
        try await host.killWriter(of: "ONE")
        try FileManager.default.moveItem(atPath: host.spool, toPath: host.aside)
        try await Self.pair(host, as: "agent-2", 2)
        #expect(try await host.mark(host.aside) == "ONE")
        #expect(try await host.mark(host.spool) == nil)
    }

    @Test("Killed before the log has followed its database: started again, the new spool has none of it")
    func startedBetweenRenames() async throws {
        let host = try await Host()
        try await Self.pair(host, as: "agent-1", 1)
        try await host.killWriter(of: "ONE")
        try FileManager.default.moveItem(atPath: host.spool, toPath: host.aside)
        let spool = try await host.context.openOrMakeSpool()
        #expect(try await spool.systemPin() == nil)
        try await spool.recall(Self.pin("NEW"))
        let check = try await spool.database.read { try $0.first("PRAGMA integrity_check")?.text(0) }
        #expect(check == "ok")
        #expect(try await spool.systemPin()?.systemID == "NEW")
    }
}
