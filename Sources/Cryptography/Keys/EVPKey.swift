internal import COpenSSL

/// Owns one key of OpenSSL, which is never changed after it was made.
@safe final class EVPKey: @unchecked Sendable {
    // Shared between threads: OpenSSL counts references atomically and only reads the key from here on.
    private let pointer: OpaquePointer

    /// - Parameter pointer: freed by this object.
    init?(takingOwnership pointer: OpaquePointer?) {
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe EVP_PKEY_free(pointer) }

    /// Lends the handle for the time of `body`.
    func withHandle<Result, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Result,
    ) throws(Failure) -> Result {
        try unsafe body(pointer)
    }

    /// Signs with the key's own algorithm over `hash` (nil for Ed25519, which brings its own).
    func sign(_ message: [UInt8], hash: OpaquePointer?, greatestBytes: Int) -> [UInt8]? {
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: greatestBytes)
        var count = greatestBytes
        guard unsafe EVP_DigestSignInit(context, nil, hash, nil, pointer) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else {
            ERR_clear_error()
            return nil
        }
        return Array(signature[..<count])
    }

    /// Whether `signature` is this key's over `message`.
    func verifies(_ signature: [UInt8], over message: [UInt8], hash: OpaquePointer?) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer {
            unsafe EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return unsafe EVP_DigestVerifyInit(context, nil, hash, nil, pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
