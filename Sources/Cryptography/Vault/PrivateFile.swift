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
    ///
    /// Call it under ``withLock(_:_:)``: two writers would share the other name.
    /// - Parameter onlyNew: refuse when the file is there already.
    static func write(_ content: [UInt8], to path: String, onlyNew: Bool = false) throws(VaultError) {
        let draft = path + ".new"
        // A draft that a killed writer left may be the file itself under a second name: never write into it.
        _ = unsafe unlink(draft)
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(operation: "create", path: draft, code: errno) }
        var failure: VaultError?
        do throws(VaultError) {
            try keepOwner(of: path, on: descriptor)
            try fill(descriptor, with: content, path: draft)
        } catch { failure = error }
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

    private static func fill(
        _ descriptor: Int32, with content: [UInt8], path: String,
    ) throws(VaultError) {
        guard fchmod(descriptor, 0o600) == 0 else {
            throw .system(operation: "set the mode of", path: path, code: errno)
        }
        var written = 0
        while written < content.count {
            let count = unsafe content[written...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count >= 0 || errno == EINTR else {
                throw .system(operation: "write", path: path, code: errno)
            }
            written += max(count, 0)
        }
        guard fsync(descriptor) == 0 else { throw .system(operation: "store", path: path, code: errno) }
    }

    /// What root writes for a service stays the service's: it gets the owner of the file that it replaces, or of
    /// its folder.
    private static func keepOwner(of path: String, on descriptor: Int32) throws(VaultError) {
        guard geteuid() == 0 else { return }
        var status = stat()
        guard unsafe lstat(path, &status) == 0 || stat(folder(of: path), &status) == 0 else { return }
        guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
            throw .system(operation: "set the owner of", path: path, code: errno)
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func storeFolder(of path: String) throws(VaultError) {
        let folder = folder(of: path)
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", path: folder, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(operation: "store", path: folder, code: errno) }
    }

    /// Holds an exclusive lock of the file `path` + `.lock`, which is never replaced, while `body` runs.
    static func withLock<Value>(
        _ path: String, _ body: () throws(VaultError) -> Value,
    ) throws(VaultError) -> Value {
        let lock = path + ".lock"
        // Root's hands in a service's folder: it follows no link, and gives away only what it has just made.
        let access = O_RDWR | O_CLOEXEC | O_NOFOLLOW
        var descriptor = unsafe open(lock, access | O_CREAT | O_EXCL, 0o600)
        let isNew = descriptor >= 0
        if !isNew, errno == EEXIST { descriptor = unsafe open(lock, access) }
        guard descriptor >= 0 else { throw .system(operation: "create", path: lock, code: errno) }
        defer { close(descriptor) }
        if isNew { try keepOwner(of: path, on: descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .system(operation: "lock", path: lock, code: errno) }
        }
        return try body()
    }
}
