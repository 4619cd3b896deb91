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

extension Digest32 {
    /// For eyes: eight groups of four digits, the first half of the digest.
    package var grouped: String {
        let digits = Array(hexadecimal.prefix(32))
        return stride(from: 0, to: digits.count, by: 4).map { String(digits[$0..<$0 + 4]) }
            .joined(separator: " ")
    }
}
