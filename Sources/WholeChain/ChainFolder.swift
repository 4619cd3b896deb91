import Foundation

/// Where a chain keeps its files; only the present user may enter it.
package struct ChainFolder: Sendable {
    /// Absolute path without a slash at its end.
    package let path: String

    /// Makes `path`, or a new folder below the system's temporary one.
    /// - Throws: `ChainError.folderInUse` where something is in it already: what an earlier chain left there does not
    ///   fit the secrets of this one; `ChainError.unwritable`.
    package init(path: String? = nil) throws {
        let chosen =
            path.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
            ?? FileManager.default.temporaryDirectory
            .appendingPathComponent("ml-connector-chain-\(UInt64.random(in: .min ... .max))").path
        do {
            try FileManager.default.createDirectory(
                atPath: chosen, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ChainError.unwritable(path: chosen)
        }
        guard try FileManager.default.contentsOfDirectory(atPath: chosen).isEmpty else {
            throw ChainError.folderInUse(path: chosen)
        }
        self.path = chosen
    }

    /// Absolute path of `name`.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file that only the present user may read.
    package func write(_ text: String, to name: String) throws {
        let created = FileManager.default.createFile(
            atPath: file(name), contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard created else { throw ChainError.unwritable(path: file(name)) }
    }

    /// Deletes everything in it, and the folder.
    package func remove() { try? FileManager.default.removeItem(atPath: path) }
}
