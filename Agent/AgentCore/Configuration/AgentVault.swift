package import Cryptography
internal import FoundationEssentials

/// The agent's secrets by name (DESIGN 4.7): SAP's password, the agent's key, and what it pinned of the relay.
///
/// Reads the file anew at each call, so that a running agent logs on with the password just entered.
package struct AgentVault: Sendable {
    private let vault: Vault

    /// Opens the vault under its master key.
    /// - Parameter credentials: systemd's CREDENTIALS_DIRECTORY, where the key is a credential.
    /// - Throws: `ConfigurationError.credentialMissing`, `VaultError`.
    package init(paths: AgentPaths, credentials: String?) throws {
        let key: MasterKey
        switch paths.masterKey {
        case .file(let path): key = try MasterKey.load(path: path)
        case .credential(let name):
            guard let credentials else { throw ConfigurationError.credentialMissing(name) }
            key = try MasterKey.load(credential: name, folder: credentials)
        }
        vault = Vault(path: paths.vault, masterKey: key)
    }

    /// The secret, nil where it was never set.
    /// - Throws: `VaultError`.
    package func secret(_ name: AgentSecretName) throws -> Secret? {
        try vault.secret(named: name.rawValue)
    }

    /// The secret, which has to be there.
    /// - Throws: `ConfigurationError.secretMissing`, `VaultError`.
    package func required(_ name: AgentSecretName) throws -> Secret {
        guard let secret = try secret(name) else { throw ConfigurationError.secretMissing(name.rawValue) }
        return secret
    }

    /// Sets a secret, durable before this returns.
    /// - Returns: false where it held the same already, and nothing was written.
    /// - Throws: `VaultError`.
    @discardableResult
    package func set(_ secret: Secret, _ name: AgentSecretName) throws -> Bool {
        if try self.secret(name) == secret { return false }
        try vault.set(secret, named: name.rawValue)
        return true
    }

    /// Removes a secret; nothing happens where there is none.
    /// - Throws: `VaultError`.
    package func remove(_ name: AgentSecretName) throws { try vault.remove(named: name.rawValue) }

    /// Which secrets are set.
    /// - Throws: `VaultError`.
    package func names() throws -> Set<String> { Set(try vault.names()) }
}
