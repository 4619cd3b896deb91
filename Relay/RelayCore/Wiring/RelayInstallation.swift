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
    /// Nothing is overwritten, so it can be run again after an interruption.
    /// - Returns: the relay's keys.
    /// - Throws: `VaultError`, `CryptographyError`, `SQLError`, `CocoaError` where a folder cannot be made.
    package func make(now: Moment) async throws -> RelayKeys {
        for file in [configuration.database, configuration.vault, configuration.masterKey] {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: file).deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        let isNew = !FileManager.default.fileExists(atPath: configuration.masterKey)
        let masterKey =
            isNew
            ? try MasterKey.create(path: configuration.masterKey)
            : try MasterKey.load(path: configuration.masterKey)
        let keys = try RelayKeys.create(
            in: Vault(path: configuration.vault, masterKey: masterKey), now: now)
        let store = try await RelayStore.open(path: configuration.database)
        try await TenantSetup(store: store).apply(configuration, now: now)
        return keys
    }

    /// The relay's own keys.
    /// - Throws: `VaultError`, `CryptographyError`, ``SecretsError``.
    package func keys() throws -> RelayKeys {
        try RelayKeys.load(
            from: Vault(
                path: configuration.vault, masterKey: try MasterKey.load(path: configuration.masterKey)))
    }

    /// The database that ``make(now:)`` made.
    /// - Throws: `CommandFailure` where there is none, `SQLError`.
    package func openStore() async throws -> RelayStore {
        guard FileManager.default.fileExists(atPath: configuration.database) else {
            throw CommandFailure(
                "There is no database \(configuration.database).", remedy: "Run ml-relay init.",
                kind: .configuration)
        }
        return try await RelayStore.open(path: configuration.database)
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
