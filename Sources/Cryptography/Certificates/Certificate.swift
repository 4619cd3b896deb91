internal import COpenSSL

/// One X.509 certificate.
@safe package final class Certificate: @unchecked Sendable {
    // Shared between threads: after init OpenSSL only reads it.
    private let pointer: OpaquePointer

    init?(takingOwnership pointer: OpaquePointer?) {
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe X509_free(pointer) }

    /// Reads the first certificate of a PEM text.
    /// - Throws: `malformed` when there is none.
    package convenience init(pem: String) throws(CryptographyError) {
        guard let pointer = unsafe PEM.read(pem, { unsafe PEM_read_bio_X509($0, nil, nil, nil) }) else {
            throw .malformed(what: "certificate")
        }
        unsafe self.init(owned: pointer)
    }

    /// Reads a certificate's DER form.
    /// - Throws: `malformed` when it is none.
    package convenience init(der: [UInt8]) throws(CryptographyError) {
        defer { ERR_clear_error() }
        let pointer: OpaquePointer? = unsafe der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return unsafe d2i_X509(nil, &position, buffer.count)
        }
        guard let pointer = unsafe pointer else { throw .malformed(what: "certificate") }
        unsafe self.init(owned: pointer)
    }

    private init(owned pointer: OpaquePointer) { unsafe self.pointer = pointer }

    /// Lends the handle for the time of `body`.
    func withHandle<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(pointer) }

    /// The certificate in PEM.
    package var pem: String { unsafe PEM.text { unsafe PEM_write_bio_X509($0, pointer) } ?? "" }

    /// SHA-256 of the whole certificate in DER: what a pairing token pins, and `HTTPTrust` compares.
    package var fingerprint: Digest32 {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = unsafe X509_digest(pointer, EVP_sha256(), &digest, nil)
        return Digest32(exactly: digest)
    }

    /// SHA-256 of the certificate's SubjectPublicKeyInfo in DER: stays the same when the certificate is renewed
    /// for the same key.
    package var publicKeyFingerprint: Digest32 {
        var der: UnsafeMutablePointer<UInt8>?
        let count = unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), &der)
        defer { unsafe CRYPTO_free(der, nil, 0) }
        guard count > 0, unsafe der != nil else { return SHA256.hash([]) }
        return SHA256.hash(unsafe Array(UnsafeBufferPointer(start: der, count: Int(count))))
    }

    /// From when it is valid, in seconds since 1970.
    package var notBefore: Int64 { unsafe Self.seconds(X509_get0_notBefore(pointer)) }

    /// Until when it is valid, in seconds since 1970.
    package var notAfter: Int64 { unsafe Self.seconds(X509_get0_notAfter(pointer)) }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return 0 }
        defer { unsafe ASN1_STRING_free(epoch) }
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return 0 }
        return Int64(days) * 86_400 + Int64(seconds)
    }
}
