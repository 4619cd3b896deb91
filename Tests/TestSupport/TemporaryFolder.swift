import Foundation
import Synchronization

/// A folder of its own for one test, removed with its content when the test process ends.
///
/// Not earlier: Swift may release a value after its last use, which would take the folder from under a database
/// that the test still has open.
package final class TemporaryFolder: Sendable {
    /// Absolute path, without a trailing slash.
    package let path: String

    private static let made = Mutex<[String]>([])
    private static let removalAtExit: Void = {
        atexit {
            for path in TemporaryFolder.made.withLock({ $0 }) {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }()

    /// Creates the folder below the system's temporary folder; only the present user may enter it.
    package init() throws {
        Self.removalAtExit
        let name = "ml-connector-\(UInt64.random(in: .min ... .max))"
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = url.path
        Self.made.withLock { $0.append(url.path) }
    }

    /// Absolute path of `name` in the folder; nothing is created.
    package func file(_ name: String) -> String { path + "/" + name }
}
