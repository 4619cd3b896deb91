package import Cryptography

/// The name of one spool's sequence of batches: 128 random bits, drawn when the spool is created.
package struct Lineage: Hashable, Sendable, CustomStringConvertible {
    /// 16 bytes.
    package let bytes: [UInt8]

    /// Takes a lineage that was stored or received; nil when `bytes` is not 16 bytes long.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Draws a new lineage.
    package init(random: SecureRandom) { bytes = random.bytes(16) }

    init(wire: [UInt8], _ what: String) throws(ProtocolError) {
        guard let value = Lineage(wire) else { throw .malformed(what) }
        self = value
    }

    /// 32 hexadecimal digits.
    package var description: String { Hexadecimal.encode(bytes) }
}
