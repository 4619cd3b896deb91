/// A text that must not be seen: prints as redacted, is not `Codable`, and is read only by name.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let bytes: [UInt8]

    /// Holds the UTF-8 bytes of `text`.
    package init(_ text: String) { bytes = [UInt8](text.utf8) }

    /// Holds `bytes` as they are.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The secret itself, for the one call that needs it; bytes that are no UTF-8 are repaired.
    package var exposedText: String { String(decoding: bytes, as: UTF8.self) }

    /// The secret's bytes, for the one call that needs them.
    package var exposedBytes: [UInt8] { bytes }

    /// Whether it holds nothing.
    package var isEmpty: Bool { bytes.isEmpty }

    package var description: String { "<redacted>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Compares in constant time.
    package static func == (left: Secret, right: Secret) -> Bool {
        constantTimeEquals(left.bytes, right.bytes)
    }
}
