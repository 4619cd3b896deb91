internal import CRE2

/// A compiled pattern of `matches`, in RE2 syntax.
final class Pattern: @unchecked Sendable {
    // RE2 objects may be searched from several threads at once; the handle is set once and freed once.
    private let handle: OpaquePointer

    /// What RE2 says of a text that is no pattern: `missing ): (abc`.
    struct Refused: Error { let reason: String }

    init(_ pattern: [UInt8]) throws(Refused) {
        var reason = [CChar](repeating: 0, count: 200)
        let handle = pattern.withUnsafeBytes { bytes in
            ml_re2_compile(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &reason, reason.count)
        }
        guard let handle else {
            // A reason that was cut may end within a character.
            throw Refused(
                reason: String(
                    decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        self.handle = handle
    }

    deinit { ml_re2_free(handle) }

    func isFound(in text: ArraySlice<UInt8>) -> Bool {
        text.withUnsafeBytes { bytes in
            ml_re2_search(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) != 0
        }
    }
}
