package import Cryptography

/// The fields `Content-Digest` (RFC 9530) and `Manifest-Digest`, which has the same form: `sha-256=:base64:`.
package enum ContentDigest {
    /// The field's value for a digest.
    package static func field(_ digest: Digest32) -> String {
        "sha-256=:" + Base64.encode(digest.bytes) + ":"
    }

    /// The field's value for bytes: always those that travel, packed as they are (case C148).
    package static func field(of body: [UInt8]) -> String { field(SHA256.hash(body)) }

    /// Reads a field; members of other algorithms beside `sha-256` are passed over.
    /// - Returns: nil when it is no structured dictionary or has no sha-256 of 32 bytes.
    package static func digest(field: String) -> Digest32? {
        guard let members = try? StructuredFields.dictionary(field),
            let member = members.last(where: { $0.key == "sha-256" }),
            case .item(.bytes(let bytes)) = member.value
        else { return nil }
        return Digest32(bytes)
    }
}
