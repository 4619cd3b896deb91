import Foundation
import Programs
import TestSupport
import Testing

@testable import RelayCore

@Suite("What init makes")
struct RelayInstallationTests {
    private static let now = Moment(milliseconds: 1_780_000_000_000)

    private static func installation(_ folder: TemporaryFolder) throws -> RelayInstallation {
        let text = """
            database: \(folder.file("data/relay.db"))
            vault: \(folder.file("data/relay.vault"))
            master_key: \(folder.file("key/master.key"))
            agents: { listen: "127.0.0.1:0", address: "https://127.0.0.1:1" }
            public: { listen: "127.0.0.1:0", url: "http://127.0.0.1:2" }
            tenants: [{ name: acme }]
            """
        return RelayInstallation(
            configuration: try RelayConfiguration.decode(Array(text.utf8), file: "relay.yaml"))
    }

    @Test("Run again it changes nothing")
    func again() async throws {
        let folder = try TemporaryFolder()
        let installation = try Self.installation(folder)
        let keys = try await installation.make(now: Self.now)
        #expect(try await installation.make(now: Self.now).fingerprint == keys.fingerprint)
        #expect(try installation.keys().fingerprint == keys.fingerprint)
    }

    @Test(
        "Interrupted behind any file, it goes on",
        arguments: [["data/relay.db"], ["data/relay.db", "data/relay.vault"]])
    func interrupted(_ missing: [String]) async throws {
        let folder = try TemporaryFolder()
        let installation = try Self.installation(folder)
        _ = try await installation.make(now: Self.now)
        for file in missing { try FileManager.default.removeItem(atPath: folder.file(file)) }
        _ = try await installation.make(now: Self.now)
    }

    @Test(
        "A lost file is never made anew under what needs the old one",
        arguments: [("key/master.key", "data/relay.vault"), ("data/relay.vault", "data/relay.db")])
    func lost(_ lost: String, _ left: String) async throws {
        let folder = try TemporaryFolder()
        let installation = try Self.installation(folder)
        _ = try await installation.make(now: Self.now)
        try FileManager.default.removeItem(atPath: folder.file(lost))
        let failure = await #expect(throws: CommandFailure.self) {
            try await installation.make(now: Self.now)
        }
        #expect(failure?.kind == .configuration)
        #expect(
            failure?.sentence.hasPrefix("\(folder.file(left)) is there and \(folder.file(lost)), ") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file(lost)))
    }

    @Test("A folder that cannot be made is named, with what to do")
    func folder() async throws {
        let folder = try TemporaryFolder()
        try "".write(toFile: folder.file("data"), atomically: true, encoding: .utf8)
        let installation = try Self.installation(folder)
        let failure = await #expect(throws: CommandFailure.self) {
            try await installation.make(now: Self.now)
        }
        #expect(failure?.sentence == "The folder \(folder.file("data")) cannot be made.")
    }
}
