internal import Cryptography
internal import Foundation
internal import Programs

/// The files of one relay: configuration, master key, vault, database.
package struct RelayInstallation: Sendable {
    /// What the operator set.
    package let configuration: RelayConfiguration

    /// The relay that `configuration` describes.
    package init(configuration: RelayConfiguration) { self.configuration = configuration }

    /// Makes what is not there yet: folders, master key, the relay's keys, the database with its tenants.
    ///
    /// Nothing is overwritten, so it can be run again after an interruption. What it makes later is never there
    /// without what it made before: then a file was lost, and new keys would lock agents and secrets out for good.
    /// - Returns: the relay's keys.
    /// - Throws: `VaultError`, `CryptographyError`, `SQLError`, `CommandFailure` where a folder cannot be made, or a file
    ///   was lost.
    package func make(now: Moment) async throws -> RelayKeys {
        try refuseLoss()
        for file in [configuration.database, configuration.vault, configuration.masterKey] {
            try Self.makeFolder(of: file)
        }
        let masterKey =
            Self.exists(configuration.masterKey)
            ? try MasterKey.load(path: configuration.masterKey)
            : try MasterKey.create(path: configuration.masterKey)
        let keys = try RelayKeys.create(
            in: Vault(path: configuration.vault, masterKey: masterKey), now: now)
        let store = try await RelayStore.open(path: configuration.database)
        try await TenantSetup(store: store).apply(configuration, now: now)
        return keys
    }

    private func refuseLoss() throws {
        let files = [configuration.masterKey, configuration.vault, configuration.database]
        for (lost, left) in zip(files, files.dropFirst()) where Self.exists(left) && !Self.exists(lost) {
            throw CommandFailure(
                "\(left) is there and \(lost), without which it cannot be used, is not.",
                remedy: "Put \(lost) back from where it is kept, or move \(left) away to begin anew.",
                kind: .configuration)
        }
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func makeFolder(of file: String) throws {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(
                "The folder \(folder.path) cannot be made.",
                remedy: "Run ml-relay init as the relay's own user, or make the folder for that user first.",
                kind: .configuration)
        }
    }

    /// The relay's own keys.
    /// - Throws: `VaultError`, `CryptographyError`, ``SecretsError``.
    package func keys() throws -> RelayKeys {
        try RelayKeys.load(
            from: Vault(
                path: configuration.vault, masterKey: try MasterKey.load(path: configuration.masterKey)))
    }

    /// Sees that there is a database.
    /// - Throws: `CommandFailure` where there is none, or this user may not enter its folder.
    package func requireDatabase() throws {
        guard !Self.exists(configuration.database) else { return }
        throw NamedFile.missing(configuration.database, what: "database", remedy: "Run ml-relay init.")
    }

    /// The database that ``make(now:)`` made.
    /// - Throws: `CommandFailure` where there is none, ``TenancyError/notInitialised(path:)``, `SQLError`.
    package func openStore() async throws -> RelayStore {
        try requireDatabase()
        let path = configuration.database
        let store = try await RelayStore.open(path: path)
        // A file that was emptied must not pass for a new relay, which would know none of its agents.
        guard try await store.incarnation() != nil else { throw TenancyError.notInitialised(path: path) }
        return store
    }

    /// A name for this process that no other ever had: the node's name and 16 random digits.
    package func processName() -> String {
        "\(configuration.node)/\(Hexadecimal.encode(SecureRandom.system.bytes(8)))"
    }
}

extension RelayKeys {
    /// What people compare on both screens: the signing key's fingerprint, as the agent shows it too.
    package var fingerprint: String { signing.publicKey.fingerprint.grouped }
}
