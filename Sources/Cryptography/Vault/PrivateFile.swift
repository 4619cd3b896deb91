internal import Glibc

/// Files that only their owner may use, written so that a crash leaves the old or the new content.
enum PrivateFile {
    /// Reads the whole file.
    /// - Parameter private: whether a mode that lets others in is refused.
    static func read(_ path: String, private isPrivate: Bool) throws(VaultError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path: path) : .system(operation: "open", path: path, code: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .system(operation: "examine", path: path, code: errno)
        }
        if isPrivate, status.st_mode & 0o077 != 0 {
            throw .widePermissions(path: path, mode: status.st_mode & 0o7777)
        }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(operation: "read", path: path, code: errno) }
            if count == 0 { return content }
            content.append(contentsOf: piece[..<count])
        }
    }

    /// Replaces the file, or makes it: new content under another name, fsync, rename, fsync of the folder.
    /// - Parameter onlyNew: refuse when the file is there already.
    static func write(_ content: [UInt8], to path: String, onlyNew: Bool = false) throws(VaultError) {
        let draft = path + ".new"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(operation: "create", path: draft, code: errno) }
        var failure: VaultError?
        if fchmod(descriptor, 0o600) != 0 {
            failure = .system(operation: "set the mode of", path: draft, code: errno)
        }
        var written = 0
        while failure == nil, written < content.count {
            let count = unsafe content[written...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno != EINTR { failure = .system(operation: "write", path: draft, code: errno) }
            written += max(count, 0)
        }
        if failure == nil, fsync(descriptor) != 0 {
            failure = .system(operation: "store", path: draft, code: errno)
        }
        close(descriptor)
        if failure == nil {
            // link() fails where the name exists; rename() replaces it in one step.
            let code = unsafe onlyNew ? link(draft, path) : rename(draft, path)
            if code != 0 {
                failure =
                    errno == EEXIST
                    ? .alreadyExists(path: path) : .system(operation: "replace", path: path, code: errno)
            }
        }
        if onlyNew || failure != nil { _ = unsafe unlink(draft) }
        if let failure { throw failure }
        try storeFolder(of: path)
    }

    private static func storeFolder(of path: String) throws(VaultError) {
        let folder: String
        if let slash = path.lastIndex(of: "/") {
            folder = slash == path.startIndex ? "/" : String(path[..<slash])
        } else {
            folder = "."
        }
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", path: folder, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(operation: "store", path: folder, code: errno) }
    }

    /// Holds an exclusive lock of `path` (beside the vault, never replaced) while `body` runs.
    static func withLock<Value>(
        _ path: String, _ body: () throws(VaultError) -> Value,
    ) throws(VaultError) -> Value {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(operation: "create", path: path, code: errno) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .system(operation: "lock", path: path, code: errno) }
        }
        return try body()
    }
}
