import Cryptography
import Foundation
import TestSupport
import Testing

@Suite("The vault")
struct VaultTests {
    private let folder: TemporaryFolder
    private let key: MasterKey

    init() throws {
        folder = try TemporaryFolder()
        key = try MasterKey.create(path: folder.file("master.key"))
    }

    private var vault: Vault { Vault(path: folder.file("vault"), masterKey: key) }

    @Test("A secret comes back by its name, after a restart too")
    func roundTrip() throws {
        try vault.set(Secret("p4ss"), named: "sap.password")
        try vault.set(Secret("other"), named: "twilio.auth_token")
        let again = Vault(
            path: folder.file("vault"), masterKey: try MasterKey.load(path: folder.file("master.key")))
        #expect(try again.secret(named: "sap.password")?.exposedText == "p4ss")
        #expect(try again.names() == ["sap.password", "twilio.auth_token"])
        try again.remove(named: "sap.password")
        #expect(try again.secret(named: "sap.password") == nil)
    }

    @Test("Neither a secret nor its plain form stands in the file")
    func sealed() throws {
        try vault.set(Secret("hunter2hunter2"), named: "sap.password")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("vault")))
        #expect(bytes.range(of: Data("hunter2".utf8)) == nil)
    }

    @Test("Another master key opens nothing and says which file and secret")
    func wrongKey() throws {
        try vault.set(Secret("p4ss"), named: "sap.password")
        let other = Vault(
            path: folder.file("vault"), masterKey: try MasterKey.create(path: folder.file("other.key")))
        #expect(throws: VaultError.wrongMasterKey(path: folder.file("vault"), name: "sap.password")) {
            try other.secret(named: "sap.password")
        }
    }

    @Test("Files that others may read are refused", arguments: ["master.key", "vault"])
    func permissions(_ file: String) throws {
        try vault.set(Secret("p4ss"), named: "sap.password")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.file(file))
        #expect(throws: VaultError.self) {
            let key = try MasterKey.load(path: folder.file("master.key"))
            _ = try Vault(path: folder.file("vault"), masterKey: key).secret(named: "sap.password")
        }
    }

    @Test("A master key is never overwritten")
    func keepsKey() {
        #expect(throws: VaultError.alreadyExists(path: folder.file("master.key"))) {
            try MasterKey.create(path: folder.file("master.key"))
        }
    }

    @Test("A file that is no vault is named, and not touched")
    func garbage() throws {
        let path = folder.file("vault")
        try Data("no vault at all".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(throws: VaultError.malformed(path: path)) { try vault.secret(named: "a") }
        #expect(throws: VaultError.malformed(path: path)) { try vault.set(Secret("x"), named: "a") }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("no vault at all".utf8))
    }

    @Test("What a kill between writing and renaming leaves does not matter")
    func leftovers() throws {
        try vault.set(Secret("p4ss"), named: "sap.password")
        #expect(!FileManager.default.fileExists(atPath: folder.file("vault.new")))
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder.file("vault.new")))
        #expect(try vault.secret(named: "sap.password")?.exposedText == "p4ss")
        try vault.set(Secret("next"), named: "sap.password")
        #expect(try vault.secret(named: "sap.password")?.exposedText == "next")
    }

    @Test("A master key whose writer was killed behind link() is not written into by the next one")
    func keyUnderTwoNames() throws {
        let path = folder.file("master.key")
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        try FileManager.default.linkItem(atPath: path, toPath: path + ".new")
        #expect(throws: VaultError.alreadyExists(path: path)) { try MasterKey.create(path: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("Of many who make the master key at once one does, and the file is that one's")
    func manyKeys() async throws {
        let path = folder.file("shared.key")
        let made = await withTaskGroup(of: MasterKey?.self, returning: [MasterKey].self) { group in
            for _ in 0..<16 { group.addTask { try? MasterKey.create(path: path) } }
            return await group.compactMap { $0 }.reduce(into: []) { $0.append($1) }
        }
        #expect(made.count == 1)
        #expect(try made.first?.derive("x") == MasterKey.load(path: path).derive("x"))
    }

    @Test("Writers at once lose no secret of each other")
    func manyWriters() async throws {
        let vault = vault
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask { try vault.set(Secret("s\(number)"), named: "n\(number)") }
            }
            try await group.waitForAll()
        }
        #expect(try vault.names().count == 16)
        for number in 0..<16 {
            #expect(try vault.secret(named: "n\(number)")?.exposedText == "s\(number)")
        }
    }

    @Test(
        "What root writes stays the service's, and a planted link is not followed",
        .enabled(if: geteuid() == 0))
    func ownerByRoot() throws {
        let service: uid_t = 65_534
        #expect(chown(folder.path, service, service) == 0)
        for secret in ["first", "second"] {
            try vault.set(Secret(secret), named: "a")
            for name in ["vault", "vault.lock"] {
                let owner = try FileManager.default.attributesOfItem(atPath: folder.file(name))[
                    .ownerAccountID]
                #expect(owner as? UInt32 == service, "\(name)")
            }
        }
        try FileManager.default.removeItem(atPath: folder.file("vault.lock"))
        let victim = folder.file("victim")
        try Data("root's".utf8).write(to: URL(fileURLWithPath: victim))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("vault.lock"), withDestinationPath: victim)
        #expect(throws: VaultError.self) { try vault.set(Secret("third"), named: "a") }
        let owner = try FileManager.default.attributesOfItem(atPath: victim)[.ownerAccountID]
        #expect(owner as? UInt32 == 0)
    }

    @Test("A damaged vault never traps and never opens as something else")
    func damaged() throws {
        try vault.set(Secret("p4ss"), named: "sap.password")
        try vault.set(Secret("other"), named: "twilio.auth_token")
        let path = folder.file("vault")
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        var random = SeededRandom(seed: 21)
        for round in 0..<400 {
            var bytes = whole
            if round % 2 == 0 {
                bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            } else {
                bytes[Int.random(in: bytes.indices, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let found = (try? vault.secret(named: "sap.password")).flatMap { $0 }?.exposedText
            #expect(found == nil || found == "p4ss", "round \(round)")
        }
    }
}
