internal import FoundationEssentials
import Glibc

/// The log and trace files of SAP's library, which appends to them for as long as there is a disk.
enum TraceFolder {
    /// Bytes of all such files together that are kept.
    static let limitBytes = 16 << 20

    /// Removes the library's oldest files until the rest is within the limit; nobody else's files are touched.
    ///
    /// What cannot be read or removed stays: logs are no reason not to call SAP.
    static func prune(_ folder: String, limitBytes: Int = limitBytes) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var files: [(path: String, bytes: Int, changed: Int)] = []
        for path in names.filter(isOfLibrary).map({ "\(folder)/\($0)" }) {
            var info = stat()
            guard unsafe lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
            files.append((path, info.st_size, info.st_mtim.tv_sec))
        }
        var total = files.reduce(0) { $0 + $1.bytes }
        for file in files.sorted(by: { $0.changed < $1.changed }) where total > limitBytes {
            if unsafe unlink(file.path) == 0 { total -= file.bytes }
        }
    }

    /// `dev_rfc.log` and its kin, `rfc<pid>_<thread>.trc` (facts/sap-rfc-sdk.md section 6).
    private static func isOfLibrary(_ name: String) -> Bool {
        name.hasPrefix("dev_rfc") || (name.hasPrefix("rfc") && name.hasSuffix(".trc"))
    }
}
