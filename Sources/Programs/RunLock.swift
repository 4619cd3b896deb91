import Glibc

/// Held by the one process that works with a file; the system takes it back when that process ends, however it ends.
///
/// The lock lies on a file of its own beside it (`….run`), which stays. It is an open-file-description lock
/// (fcntl(2)): others can ask whether it is held without taking it, so a look never keeps a program from starting.
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of the file at `path`, at once or not at all.
    /// - Throws: ``RunLockRefusal``.
    package init(beside path: String) throws(RunLockRefusal) {
        let descriptor = open(path + ".run", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path + ".run", code: errno) }
        var lock = Self.wholeFile
        while fcntl(descriptor, Self.setLock, &lock) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            throw code == EAGAIN || code == EACCES
                ? .held(path: path) : .unusable(path: path + ".run", code: code)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Whether some process holds the lock of the file at `path`; nil where this user cannot know.
    package static func isHeld(beside path: String) -> Bool? {
        let descriptor = open(path + ".run", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT ? false : nil }
        defer { close(descriptor) }
        var lock = wholeFile
        guard fcntl(descriptor, getLock, &lock) == 0 else { return nil }
        return lock.l_type != Int16(F_UNLCK)
    }

    private static var wholeFile: flock {
        flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    }
    /// `F_OFD_GETLK` and `F_OFD_SETLK`, which glibc shows only under `_GNU_SOURCE`.
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37
}

/// Why a ``RunLock`` was not given.
package enum RunLockRefusal: Failure, Hashable {
    /// Another process has it.
    case held(path: String)
    /// The lock's own file cannot be used.
    case unusable(path: String, code: Int32)

    /// What is in the way.
    package var sentence: String {
        switch self {
        case .held(let path): "Another process works with \(path) at the moment."
        case .unusable(let path, let code):
            "\(path) cannot be made or locked: \(SystemError.words(for: code))."
        }
    }

    /// What to do about it.
    package var remedy: String? {
        switch self {
        case .held: "Wait until it has ended, or stop it."
        case .unusable: "Correct the path, or owner and mode of its folder."
        }
    }

    /// A lock that is held is free later; a service manager may try again.
    package var kind: FailureKind {
        switch self {
        case .held: .transient
        case .unusable: .configuration
        }
    }
}
