internal import Foundation

/// Holds the lock file of a SQLite database while a relay runs on it, so that there is one.
///
/// Who holds it knows that every earlier owner of a lease on this database has ended, and need not wait for the
/// lease to run out. The kernel gives the lock back when the process ends, however it ends.
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of the database at `path`.
    /// - Throws: `TenancyError.alreadyRunning`, or `CocoaError` when the file cannot be made.
    package init(database path: String) throws {
        let lock = path + ".run"
        let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: lock])
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw TenancyError.alreadyRunning(path: path)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
