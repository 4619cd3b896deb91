import Glibc
import Synchronization

/// Whole lines to standard error, never mixed with those of another task.
enum StandardError {
    private static let lock = Mutex(())

    static func write(_ text: String) { lock.withLock { _ in ByteSink.write(text, to: STDERR_FILENO) } }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// Whole lines to standard output.
package enum StandardOutput {
    private static let lock = Mutex(())

    /// Writes `line` and a line break at once, without a buffer that a kill could lose.
    package static func writeLine(_ line: String) {
        lock.withLock { _ in ByteSink.write(line + "\n", to: STDOUT_FILENO) }
    }

    /// Whether a person's terminal, and not a file or pipe, reads it.
    package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

private enum ByteSink {
    /// Writes all bytes, or gives up when nobody can read them: there is no one left to tell.
    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                let written = Glibc.write(descriptor, start, rest.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }
}
