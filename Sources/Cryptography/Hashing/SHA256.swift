internal import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// The digest of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> Digest32 {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = unsafe COpenSSL.SHA256(bytes, bytes.count, &digest)
        return Digest32(exactly: digest)
    }

    /// The digest of the UTF-8 bytes of `text`.
    package static func hash(_ text: String) -> Digest32 { hash([UInt8](text.utf8)) }

    /// The digest of all parts, one behind the other, with nothing between them.
    package static func hash(parts: [[UInt8]]) -> Digest32 { hash(Array(parts.joined())) }
}
