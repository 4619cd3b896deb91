package import Cryptography

/// The name of a fact: the same whoever reads it, by whatever feed, however often (DESIGN.md 4.2).
///
/// Scheme 1 is SHA-256 over the line `ml-connector event 1`, a line feed, and then source, business key,
/// transition and version, each as UTF-8 behind its length in four bytes, big-endian. A scheme is never changed
/// in place; a golden vector stands in Tests/ConnectorProtocolTests/IdentityTests.swift.
package enum EventIdentity {
    /// The scheme that this build names facts by.
    package static let scheme: UInt32 = 1

    /// The id of one fact.
    package static func id(
        source: String, businessKey: String, transition: String, version: String,
    ) -> Digest32 {
        var bytes = Array("ml-connector event 1\n".utf8)
        for part in [source, businessKey, transition, version] {
            let text = Array(part.utf8)
            bytes.append(contentsOf: bigEndian(UInt32(text.count)))
            bytes.append(contentsOf: text)
        }
        return SHA256.hash(bytes)
    }
}

/// The four bytes of a length, most significant first.
func bigEndian(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
}
