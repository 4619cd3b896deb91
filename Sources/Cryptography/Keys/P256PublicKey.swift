internal import COpenSSL

/// A key that verifies ECDSA signatures on the curve P-256 with SHA-256 (SendGrid's signed event webhook).
package struct P256PublicKey: Sendable {
    private let key: EVPKey

    /// Takes the key as base64 of its DER form (SubjectPublicKeyInfo), as SendGrid shows it.
    /// - Throws: `malformed` for anything else, a key on another curve included.
    package init(spkiBase64: String) throws(CryptographyError) {
        guard let der = Base64.decode(spkiBase64) else { throw .malformed(what: "P-256 public key") }
        try self.init(spki: der)
    }

    /// Takes the key's DER form (SubjectPublicKeyInfo).
    /// - Throws: `malformed` for anything else, a key on another curve included.
    package init(spki der: [UInt8]) throws(CryptographyError) {
        defer { ERR_clear_error() }
        let key = unsafe der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return unsafe EVPKey(takingOwnership: d2i_PUBKEY(nil, &position, buffer.count))
        }
        guard let key, unsafe key.withHandle({ unsafe Self.isOnP256($0) }) else {
            throw .malformed(what: "P-256 public key")
        }
        self.key = key
    }

    /// Whether `signature` (DER) is this key's over `message`; bytes that are no signature are simply not.
    package func isValid(derSignature signature: [UInt8], for message: [UInt8]) -> Bool {
        unsafe key.verifies(signature, over: message, hash: EVP_sha256())
    }

    private static func isOnP256(_ handle: OpaquePointer) -> Bool {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard unsafe EVP_PKEY_get_group_name(handle, &name, name.count, &count) == 1 else { return false }
        return name.prefix(count).elementsEqual("prime256v1".utf8.map { CChar($0) })
    }
}
