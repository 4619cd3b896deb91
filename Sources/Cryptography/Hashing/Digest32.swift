/// A SHA-256 digest: exactly 32 bytes.
package struct Digest32: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// Takes a digest that was stored or received; nil when `bytes` is not 32 bytes long.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    init(exactly bytes: [UInt8]) { self.bytes = bytes }

    /// 64 hexadecimal digits, lower case.
    package var hexadecimal: String { Hexadecimal.encode(bytes) }
    package var description: String { hexadecimal }
}
