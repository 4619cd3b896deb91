internal import CRE2

/// A compiled pattern of `matches`, in RE2 syntax.
final class Pattern: @unchecked Sendable {
    // RE2 objects may be searched from several threads at once; the handle is set once and freed once.
    private let handle: OpaquePointer

    /// Nil for what is no pattern.
    init?(_ pattern: [UInt8]) {
        var error = [CChar](repeating: 0, count: 1)
        let handle = pattern.withUnsafeBytes { bytes in
            ml_re2_compile(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &error, 1)
        }
        guard let handle else { return nil }
        self.handle = handle
    }

    deinit { ml_re2_free(handle) }

    func isFound(in text: ArraySlice<UInt8>) -> Bool {
        text.withUnsafeBytes { bytes in
            ml_re2_search(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) != 0
        }
    }
}
