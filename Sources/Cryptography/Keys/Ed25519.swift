internal import COpenSSL

/// Signatures by Ed25519 (RFC 8032).
package enum Ed25519 {
    /// A signing key; its 32 raw bytes are the seed of RFC 8032.
    package struct PrivateKey: Sendable, CustomStringConvertible {
        private let key: EVPKey
        /// The key that others verify with.
        package let publicKey: PublicKey

        /// Takes 32 raw bytes.
        /// - Throws: `malformed` for any other length.
        package init(raw: [UInt8]) throws(CryptographyError) {
            guard raw.count == 32,
                let key = unsafe EVPKey(
                    takingOwnership: EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, raw, raw.count))
            else { throw .malformed(what: "Ed25519 private key") }
            self.key = key
            var publicBytes = [UInt8](repeating: 0, count: 32)
            var count = 32
            let code = unsafe key.withHandle { unsafe EVP_PKEY_get_raw_public_key($0, &publicBytes, &count) }
            guard code == 1 else { throw .library(operation: "derive a public key") }
            publicKey = try PublicKey(raw: publicBytes)
        }

        /// Draws a new key.
        package init(random: SecureRandom = .system) throws(CryptographyError) {
            try self.init(raw: random.bytes(32))
        }

        /// The 32 raw bytes, for the vault alone.
        package var raw: [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 32)
            var count = 32
            unsafe key.withHandle { _ = unsafe EVP_PKEY_get_raw_private_key($0, &bytes, &count) }
            return bytes
        }

        /// The 64 bytes of the signature over `message`.
        /// - Throws: `library` when OpenSSL has no memory.
        package func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
            guard let signature = unsafe key.sign(message, hash: nil, greatestBytes: 64) else {
                throw .library(operation: "sign")
            }
            return signature
        }

        package var description: String { "Ed25519.PrivateKey(<redacted>)" }
    }

    /// A verifying key of 32 raw bytes.
    package struct PublicKey: Sendable, Hashable {
        private let key: EVPKey
        /// The 32 raw bytes.
        package let raw: [UInt8]

        /// Takes 32 raw bytes.
        /// - Throws: `malformed` for any other length.
        package init(raw: [UInt8]) throws(CryptographyError) {
            guard raw.count == 32,
                let key = unsafe EVPKey(
                    takingOwnership: EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, raw, raw.count))
            else { throw .malformed(what: "Ed25519 public key") }
            self.key = key
            self.raw = raw
        }

        /// Whether `signature` is this key's over `message`; a signature of a wrong length is simply not.
        package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
            unsafe key.verifies(signature, over: message, hash: nil)
        }

        /// SHA-256 of the raw key: what people compare on two screens.
        package var fingerprint: Digest32 { SHA256.hash(raw) }

        package static func == (left: PublicKey, right: PublicKey) -> Bool { left.raw == right.raw }
        package func hash(into hasher: inout Hasher) { hasher.combine(raw) }
    }
}
