import Glibc
import Synchronization

/// Wakes a thread that waits for a pipe: a caller of this number went away.
final class PipeAlarm: Sendable {
    private let reader: PipeEnd
    private let writer: PipeEnd
    private let number = Mutex<UInt32?>(nil)

    init() throws(FrameError) {
        (reader, writer) = try PipeEnd.pair()
        for end in [reader, writer] { _ = fcntl(end.descriptor, F_SETFL, O_NONBLOCK) }
    }

    /// What to wait on beside the pipe.
    var descriptor: Int32 { reader.descriptor }

    /// Callable from any thread.
    func ring(_ number: UInt32) {
        self.number.withLock { $0 = number }
        // A pipe that is full of alarms wakes its reader as well.
        try? writer.write([1]) { () throws(FrameError) in throw .system(EAGAIN) }
    }

    /// Takes the alarm back; the number that it was for.
    func silence() -> UInt32? {
        _ = reader.readSome(64)
        return number.withLock { number in
            defer { number = nil }
            return number
        }
    }
}
