import Foundation
import WholeChain

/// A file system of its own in memory, small enough to be filled.
struct SmallDisk: Sendable {
    let path: String
    private var filler: String { path + "/filler" }

    /// Whether this process may mount one: root may, but not in every container.
    static func isPossible() async -> Bool {
        (try? await use(megabytes: 1) { _ in true }) ?? false
    }

    /// Mounts one, runs `body`, and takes it away.
    static func use<Value: Sendable>(
        megabytes: Int, _ body: (SmallDisk) async throws -> Value,
    ) async throws -> Value {
        let folder = try ChainFolder()
        defer { folder.remove() }
        try await Command.run(
            "/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tmpfs", folder.path])
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(SmallDisk(path: folder.path)))
        } catch {
            result = .failure(error)
        }
        // Lazily: a program that ended late may still have a file open there.
        try await Command.run("/bin/umount", ["--lazy", folder.path])
        return try result.get()
    }

    /// Writes until so many megabytes are taken, or nothing more fits.
    func fill(megabytes: Int = .max) throws {
        let file = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ChainError.unwritable(path: filler) }
        defer { close(file) }
        let block = [UInt8](repeating: 0xA5, count: 4_096)
        var left = megabytes == .max ? Int.max : megabytes * 256
        while left > 0, write(file, block, block.count) > 0 { left -= 1 }
    }

    /// Makes room again.
    func empty() throws { try FileManager.default.removeItem(atPath: filler) }
}
