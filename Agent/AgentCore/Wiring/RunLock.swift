internal import Glibc

/// Held by the one process that runs an agent on a spool; the system lets it go when that process ends, however.
///
/// Two would take the lease from each other for ever.
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a spool, at once or not at all.
    /// - Throws: `ConfigurationError.alreadyRuns`, `.notWritable`.
    package init(spool path: String) throws(ConfigurationError) {
        let file = path + ".run"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .notWritable(path: file, reason: "the system refused (error \(errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .alreadyRuns(spool: path)
        }
    }

    deinit { close(descriptor) }
}
