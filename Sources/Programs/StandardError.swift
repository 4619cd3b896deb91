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

    /// Whether its terminal or the other end of its pipe is still there.
    package static var hasReader: Bool {
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&output, 1, 0) <= 0 || output.revents & Int16(POLLERR | POLLHUP) == 0
    }

    /// Columns and rows of the terminal as it is now; nil where it is none, or does not say.
    package static var terminalSize: (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return nil
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }
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
                    guard errno == EINTR || errno == EAGAIN && becomesWritable(descriptor) else { return }
                    continue
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }

    /// Waits until a pipe that another program has made non-blocking takes bytes again.
    private static func becomesWritable(_ descriptor: Int32) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&watched, 1, -1) >= 0 || errno == EINTR
    }
}
