internal import COpenSSL

/// Keyed hashes (RFC 2104).
package enum HMAC {
    /// HMAC-SHA256: 32 bytes (RFC 4231).
    package static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        unsafe authenticate(EVP_sha256(), key, message, length: 32)
    }

    /// HMAC-SHA1: 20 bytes (RFC 2202).
    ///
    /// Only for Twilio's webhooks, which are signed with it.
    package static func sha1(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        unsafe authenticate(EVP_sha1(), key, message, length: 20)
    }

    private static func authenticate(
        _ hash: OpaquePointer?, _ key: [UInt8], _ message: [UInt8], length: Int,
    ) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: length)
        _ = unsafe COpenSSL.HMAC(hash, key, Int32(key.count), message, message.count, &code, nil)
        return code
    }
}
