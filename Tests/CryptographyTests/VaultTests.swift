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
}
