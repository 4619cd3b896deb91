import AgentCore
import Cryptography
import Foundation
import Programs
import SAPAccess
import TestSupport
import Testing

@Suite("ml-agent init and its secrets")
struct AgentInstallationTests {
    private static let clock = HostClock { 1_795_600_000_000 }

    private static func installation(_ folder: TemporaryFolder) -> AgentInstallation {
        AgentInstallation(
            configurationPath: folder.file("etc/agent.yaml"), stateFolder: folder.file("var"))
    }

    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test("A first run makes everything, a second one changes nothing")
    func twice() async throws {
        let folder = try TemporaryFolder()
        // The master key of the example stands beside the configuration.
        let first = try await Self.installation(folder).run(clock: Self.clock)
        #expect(first.map(\.what) == ["configuration", "master key", "spool"])
        #expect(first.map(\.isNew) == [true, true, true])
        let key = folder.file("etc/master.key")
        let modes = [try Self.mode(key), try Self.mode(folder.file("var/spool.db"))]
        #expect(modes == [0o600, 0o600])
        let before = FileManager.default.contents(atPath: key)
        let second = try await Self.installation(folder).run(clock: Self.clock)
        #expect(second.map(\.isNew) == [false, false, false])
        #expect(FileManager.default.contents(atPath: key) == before)
    }

    @Test("A configuration that is there is used as it is")
    func keeps() async throws {
        let folder = try TemporaryFolder()
        let installation = Self.installation(folder)
        try FileManager.default.createDirectory(
            atPath: folder.file("etc"), withIntermediateDirectories: true)
        let text = AgentConfigurationTests.smallest
            .replacing("/var/lib/ml-agent", with: folder.file("other"))
            .replacing("/etc/ml-agent", with: folder.file("etc"))
        try Data(text.utf8).write(to: URL(fileURLWithPath: installation.configurationPath))
        _ = try await installation.run(clock: Self.clock)
        #expect(FileManager.default.fileExists(atPath: folder.file("other/spool.db")))
        #expect(FileManager.default.contents(atPath: installation.configurationPath) == Data(text.utf8))
    }

    @Test("A folder of any name is written so that it is read back")
    func strangeFolder() async throws {
        let folder = try TemporaryFolder()
        let state = folder.file("a b: #\"c\" \\ ü")
        let path = folder.file("etc/agent.yaml")
        _ = try await AgentInstallation(configurationPath: path, stateFolder: state).run(clock: Self.clock)
        let paths = try AgentConfiguration.load(path: path).paths
        #expect(paths.spool == state + "/spool.db")
        #expect(FileManager.default.fileExists(atPath: paths.spool))
    }

    @Test(
        "A spool that is damaged is to be moved away, never restored, and the service is not started for nothing"
    )
    func damagedSpool() async throws {
        let folder = try TemporaryFolder()
        let installation = Self.installation(folder)
        _ = try await installation.run(clock: Self.clock)
        let spool = folder.file("var/spool.db")
        try Data(repeating: 0x5A, count: 9_000).write(to: URL(fileURLWithPath: spool))
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: spool + suffix) }
        let context = try AgentContext(configurationPath: installation.configurationPath, clock: Self.clock)
        for open in [{ _ = try await context.openSpoolReadOnly() }, { _ = try await context.openSpool() }] {
            let failure = await #expect(throws: SpoolUnusable.self) { try await open() }
            #expect(failure?.sentence.hasPrefix("The spool \(spool) is damaged") == true)
            #expect(failure?.remedy?.contains("move the file away") == true)
            #expect(failure?.kind == .configuration)
        }
    }

    @Test("No new master key is drawn over a vault whose key is gone")
    func lostKey() async throws {
        let folder = try TemporaryFolder()
        let installation = Self.installation(folder)
        _ = try await installation.run(clock: Self.clock)
        let context = try AgentContext(configurationPath: installation.configurationPath, clock: Self.clock)
        _ = try await context.secrets.set("sap.password", "old")
        try FileManager.default.removeItem(atPath: folder.file("etc/master.key"))
        await #expect(
            throws: ConfigurationError.masterKeyLost(
                key: folder.file("etc/master.key"), vault: folder.file("var/vault"))
        ) {
            _ = try await installation.run(clock: Self.clock)
        }
    }

    @Test("The packaged example is the one that init writes")
    func example() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let packaged = try String(
            contentsOf: root.appendingPathComponent("Agent/Packaging/agent.yaml"), encoding: .utf8)
        let written = AgentInstallation.example(
            configurationFolder: "/etc/ml-agent", stateFolder: AgentInstallation.defaultStateFolder)
        #expect(packaged == written)
        // Every commented setting is one that the reader knows, too.
        let all = written.replacing("\n# ", with: "\n").replacing("\n  # ", with: "\n  ")
            .replacing("#   ", with: "  ")
            .replacing("  host: sap.example.com", with: "").replacing("  system_number: \"00\"", with: "")
        let lines = all.split(separator: "\n").filter { !$0.hasPrefix("Every setting") && !$0.hasPrefix("`") }
        _ = try AgentConfiguration.parse(lines.joined(separator: "\n"), file: "agent.yaml")
    }

    @Test("A new password opens a closed gate, the same one again does not")
    func gate() async throws {
        let folder = try TemporaryFolder()
        let installation = Self.installation(folder)
        _ = try await installation.run(clock: Self.clock)
        let context = try AgentContext(configurationPath: installation.configurationPath, clock: Self.clock)
        let first = try await context.secrets.set("sap.password", "wrong")
        #expect(first == .stored)
        let spool = try await context.openSpool()
        let gate = SpoolLogonGate(spool: spool, owner: .current, wait: {})
        let attempt = try await gate.begin(context.configuration.source.identity)
        try await gate.end(attempt, .refused(sentence: "Name or password is incorrect"))
        let same = try await context.secrets.set("sap.password", "wrong")
        let other = try await context.secrets.set("sap.password", "right")
        #expect([same, other] == [.unchanged, .reopened])
        let kept = try context.vault.secret(.sapPassword)
        #expect(kept == Secret("right"))
        await #expect(throws: ConfigurationError.self) {
            _ = try await context.secrets.set("agent.key", "k")
        }
        await #expect(throws: ConfigurationError.emptySecret("sap.password")) {
            _ = try await context.secrets.set("sap.password", "")
        }
        await #expect(throws: ConfigurationError.secretForm("sap.password")) {
            _ = try await context.secrets.set("sap.password", "right\nsecond line")
        }
    }
}
