internal import COpenSSL

/// HKDF with SHA-256 (RFC 5869): keys from a key.
package enum HKDF {
    /// - Parameters:
    ///   - secret: the input key, any length but empty.
    ///   - salt: may be empty, which counts as 32 zero bytes.
    ///   - info: what the derived key is for; two purposes never share one.
    ///   - length: bytes wanted, 1 to 8160.
    /// - Throws: `CryptographyError.library` when OpenSSL refuses the lengths.
    package static func sha256(
        secret: [UInt8], salt: [UInt8], info: [UInt8], length: Int,
    ) throws(CryptographyError) -> [UInt8] {
        guard let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil) else {
            throw .library(operation: "derive a key")
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key = [UInt8](repeating: 0, count: length)
        var made = length
        guard unsafe EVP_PKEY_derive_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1,
            unsafe EVP_PKEY_CTX_set1_hkdf_salt(context, salt, Int32(salt.count)) == 1,
            unsafe EVP_PKEY_CTX_set1_hkdf_key(context, secret, Int32(secret.count)) == 1,
            unsafe EVP_PKEY_CTX_add1_hkdf_info(context, info, Int32(info.count)) == 1,
            unsafe EVP_PKEY_derive(context, &key, &made) == 1, made == length
        else {
            ERR_clear_error()
            throw .library(operation: "derive a key of \(length) bytes")
        }
        return key
    }
}

/// scrypt (RFC 7914): a key from a passphrase, slow and hungry for memory on purpose.
package enum Scrypt {
    /// - Parameters:
    ///   - passphrase: what a person typed.
    ///   - salt: random, 16 bytes or more.
    ///   - cost: a power of two; 32768 takes about 0.1 s and 32 MiB with a block size of 8.
    ///   - length: bytes wanted.
    /// - Throws: `CryptographyError.library` when OpenSSL refuses the numbers, or they need over 256 MiB.
    package static func derive(
        passphrase: [UInt8], salt: [UInt8], cost: UInt64, blockSize: UInt64, parallelism: UInt64, length: Int,
    ) throws(CryptographyError) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: length)
        let code = unsafe passphrase.withUnsafeBytes { text in
            unsafe EVP_PBE_scrypt(
                text.bindMemory(to: CChar.self).baseAddress, text.count, salt, salt.count, cost, blockSize,
                parallelism, 256 << 20, &key, length)
        }
        guard code == 1 else {
            ERR_clear_error()
            throw .library(operation: "derive a key from a passphrase")
        }
        return key
    }
}
