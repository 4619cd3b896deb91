package import Cryptography

/// The keys of one relay, from its vault: none of them stands in the database, so none is in its backup.
package struct RelayKeys: Sendable {
    /// Signs acknowledgements, commands and receipts; agents pin its public key.
    package let signing: Ed25519.PrivateKey
    /// HMAC key of the attempts' nonces (``AttemptNonce``); outside the database, so that a callback for an
    /// attempt that a restored database forgot can still be verified (facts/send.md F15).
    package let nonceKey: Secret
    /// AES-256 key of `secret.sealed` and `invitation.secret`; used through ``seal(_:context:)``.
    package let sealingKey: Secret
    /// Issues the certificate of the agents' listener; agents pin it.
    package let authority: CertificateAuthority

    private enum Name {
        static let signing = "relay/signing"
        static let nonce = "relay/nonce"
        static let sealing = "relay/sealing"
        static let authorityCertificate = "relay/authority.certificate"
        static let authorityKey = "relay/authority.key"
    }
    /// Ten years; pins are renewed through the signed channel before it ends.
    private static let authorityDays = 3_650

    /// Makes what the vault does not hold yet, so that an `init` that was interrupted can be run again.
    ///
    /// - Parameters:
    ///   - now: the authority's certificate is valid from one day before, for ten years.
    ///   - random: where signing, nonce and sealing key come from.
    /// - Throws: `VaultError`, `CryptographyError`, ``SecretsError``.
    package static func create(
        in vault: Vault, now: Moment, random: SecureRandom = .system,
    ) throws -> RelayKeys {
        for name in [Name.signing, Name.nonce, Name.sealing] where try vault.secret(named: name) == nil {
            try vault.set(Secret(bytes: random.bytes(32)), named: name)
        }
        // The key goes first: a certificate without its key would be of no use.
        if try vault.secret(named: Name.authorityCertificate) == nil {
            let authority = try CertificateAuthority(
                commonName: "ml-relay authority", now: now.milliseconds / 1_000, days: authorityDays)
            try vault.set(authority.privateKeyPEM, named: Name.authorityKey)
            try vault.set(Secret(authority.certificate.pem), named: Name.authorityCertificate)
        }
        return try load(from: vault)
    }

    /// Reads all keys.
    ///
    /// - Throws: ``SecretsError/missingKey(name:path:)`` before ``create(in:now:random:)``, `VaultError`,
    ///   `CryptographyError`.
    package static func load(from vault: Vault) throws -> RelayKeys {
        func key(_ name: String) throws -> Secret {
            guard let secret = try vault.secret(named: name) else {
                throw SecretsError.missingKey(name: name, path: vault.path)
            }
            return secret
        }
        return RelayKeys(
            signing: try Ed25519.PrivateKey(raw: key(Name.signing).exposedBytes),
            nonceKey: try key(Name.nonce), sealingKey: try key(Name.sealing),
            authority: try CertificateAuthority(
                certificatePEM: key(Name.authorityCertificate).exposedText,
                privateKeyPEM: key(Name.authorityKey)))
    }

    /// Seals `bytes` for the database.
    ///
    /// - Parameter context: what and whose it is; opening needs the same text, so that no sealed value can be
    ///   passed off as another.
    /// - Throws: `CryptographyError`.
    package func seal(_ bytes: [UInt8], context: String) throws(CryptographyError) -> [UInt8] {
        try AESGCM.seal(bytes, key: sealingKey.exposedBytes, associated: Array(context.utf8))
    }

    /// Opens what ``seal(_:context:)`` made.
    ///
    /// - Throws: `CryptographyError.authenticationFailed` under another key or context.
    package func open(_ sealed: [UInt8], context: String) throws(CryptographyError) -> [UInt8] {
        try AESGCM.open(sealed, key: sealingKey.exposedBytes, associated: Array(context.utf8))
    }
}
