import Glibc
import Synchronization

/// One end of a pipe, owned: closed once.
///
/// Who reads or writes it is one thread at a time, by its owner's order.
final class PipeEnd: Sendable {
    let descriptor: Int32
    private let isOpen = Mutex(true)

    init(takingOwnership descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    /// Closes it; nothing may be read or written afterwards.
    func close() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        if wasOpen { _ = Glibc.close(descriptor) }
    }

    /// A new pipe; neither end reaches another program by accident.
    /// - Returns: the end to read from, then the end to write to.
    static func pair() throws(FrameError) -> (reader: PipeEnd, writer: PipeEnd) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .system(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (PipeEnd(takingOwnership: ends[0]), PipeEnd(takingOwnership: ends[1]))
    }

    /// Reads one frame; nil where the other end closed the pipe between two frames.
    /// - Parameter ready: called before each read; it may wait for the pipe with a deadline, or throw.
    func read(
        ready: () throws(FrameError) -> Void = {},
    ) throws(FrameError) -> WorkerFrame? {
        guard let head = try read(WorkerFrame.headerBytes, ready) else { return nil }
        var (frame, count) = try WorkerFrame.header(head)
        if count > 0 {
            guard let body = try read(count, ready) else { throw .cutShort }
            frame.body = body
        }
        return frame
    }

    /// All of a file of `/proc`, which has no size and comes in pieces; nil where it cannot be read.
    static func content(of path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let file = PipeEnd(takingOwnership: descriptor)
        var content: [UInt8] = []
        while true {
            let piece = file.readSome(1 << 16)
            if piece.isEmpty { return content }
            content += piece
        }
    }

    /// What one read brings, at most `limit` bytes; empty at the end, and where nothing can be read.
    func readSome(_ limit: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            filled = max(0, unsafe Glibc.read(descriptor, buffer.baseAddress, limit))
        }
    }

    /// Writes all bytes.
    ///
    /// - Parameter full: called where a non-blocking pipe takes no more; it waits, or throws.
    func write(
        _ bytes: [UInt8], full: () throws(FrameError) -> Void = {},
    ) throws(FrameError) {
        var done = 0
        while done < bytes.count {
            let (count, code) = unsafe bytes.withUnsafeBytes { buffer in
                let count = unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
                return (count, errno)
            }
            if count >= 0 {
                done += count
            } else if code == EAGAIN {
                try full()
            } else if code != EINTR {
                throw .system(code)
            }
        }
    }

    private func read(
        _ count: Int, _ ready: () throws(FrameError) -> Void,
    ) throws(FrameError) -> [UInt8]? {
        var problem: FrameError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                do throws(FrameError) { try ready() } catch {
                    problem = error
                    return
                }
                let got = unsafe Glibc.read(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled)
                let code = errno
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    return
                } else if code != EINTR {
                    problem = .system(code)
                    return
                }
            }
        }
        if let problem { throw problem }
        if bytes.isEmpty { return nil }
        guard bytes.count == count else { throw .cutShort }
        return bytes
    }
}
