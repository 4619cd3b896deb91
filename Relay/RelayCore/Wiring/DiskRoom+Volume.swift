internal import Foundation

extension DiskRoom {
    /// The room on the volume that holds the database at `path`.
    package init(volumeOf path: String) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        self.init {
            var status = statvfs()
            guard statvfs(folder, &status) == 0 else { return nil }
            let unit = Int64(status.f_frsize)
            return (Int64(status.f_bavail) * unit, Int64(status.f_blocks) * unit)
        }
    }
}
