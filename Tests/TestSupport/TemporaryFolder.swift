import Foundation

/// A folder of its own for one test, removed with its content when the value goes away.
package final class TemporaryFolder: Sendable {
    /// Absolute path, without a trailing slash.
    package let path: String

    /// Creates the folder below the system's temporary folder; only the present user may enter it.
    package init() throws {
        let name = "ml-connector-\(UInt64.random(in: .min ... .max))"
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Absolute path of `name` in the folder; nothing is created.
    package func file(_ name: String) -> String { path + "/" + name }
}
