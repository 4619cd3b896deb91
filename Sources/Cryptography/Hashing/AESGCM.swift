internal import COpenSSL

/// AES-256-GCM (NIST SP 800-38D).
///
/// A sealed text is nonce (12 bytes), cipher text, tag (16 bytes).
package enum AESGCM {
    private static let nonceBytes = 12
    private static let tagBytes = 16

    /// Seals `plain` under a 32-byte key.
    /// - Parameters:
    ///   - associated: not sealed but bound to it: opening needs the same bytes.
    ///   - nonce: 12 bytes that were never used with this key; drawn at random where the caller gives none.
    /// - Throws: `malformed` for a wrong length of key or nonce, `library` otherwise.
    package static func seal(
        _ plain: [UInt8], key: [UInt8], associated: [UInt8] = [], nonce: [UInt8]? = nil,
    ) throws(CryptographyError) -> [UInt8] {
        let nonce = nonce ?? SecureRandom.system.bytes(nonceBytes)
        try check(key: key, nonce: nonce)
        let context = try CipherContext()
        var cipher = [UInt8](repeating: 0, count: plain.count)
        var tag = [UInt8](repeating: 0, count: tagBytes)
        var count: Int32 = 0
        guard unsafe EVP_EncryptInit_ex(context.handle, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            unsafe associated.isEmpty
                || EVP_EncryptUpdate(context.handle, nil, &count, associated, Int32(associated.count)) == 1,
            unsafe plain.isEmpty
                || EVP_EncryptUpdate(context.handle, &cipher, &count, plain, Int32(plain.count)) == 1,
            unsafe EVP_EncryptFinal_ex(context.handle, nil, &count) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(context.handle, EVP_CTRL_AEAD_GET_TAG, Int32(tagBytes), &tag) == 1
        else { throw .library(operation: "seal a text") }
        return nonce + cipher + tag
    }

    /// Opens what `seal` made.
    /// - Throws: `authenticationFailed` when text, key or associated bytes are not the sealer's; nothing of the
    ///   plain text is returned then.
    package static func open(
        _ sealed: [UInt8], key: [UInt8], associated: [UInt8] = [],
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= nonceBytes + tagBytes else { throw .authenticationFailed }
        let nonce = Array(sealed[..<nonceBytes])
        let cipher = Array(sealed[nonceBytes..<(sealed.count - tagBytes)])
        var tag = Array(sealed[(sealed.count - tagBytes)...])
        try check(key: key, nonce: nonce)
        let context = try CipherContext()
        var plain = [UInt8](repeating: 0, count: cipher.count)
        var count: Int32 = 0
        guard unsafe EVP_DecryptInit_ex(context.handle, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            unsafe associated.isEmpty
                || EVP_DecryptUpdate(context.handle, nil, &count, associated, Int32(associated.count)) == 1,
            unsafe cipher.isEmpty
                || EVP_DecryptUpdate(context.handle, &plain, &count, cipher, Int32(cipher.count)) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(context.handle, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), &tag) == 1,
            unsafe EVP_DecryptFinal_ex(context.handle, nil, &count) == 1
        else {
            ERR_clear_error()
            throw .authenticationFailed
        }
        return plain
    }

    private static func check(key: [UInt8], nonce: [UInt8]) throws(CryptographyError) {
        guard key.count == 32 else { throw .malformed(what: "sealing key") }
        guard nonce.count == nonceBytes else { throw .malformed(what: "nonce") }
    }
}

/// Owns one cipher context of OpenSSL.
@safe private struct CipherContext: ~Copyable {
    let handle: OpaquePointer

    init() throws(CryptographyError) {
        guard let handle = unsafe EVP_CIPHER_CTX_new() else { throw .library(operation: "seal a text") }
        unsafe self.handle = handle
    }

    deinit { unsafe EVP_CIPHER_CTX_free(handle) }
}
