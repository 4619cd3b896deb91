import Glibc

/// Pages of programs and libraries that a process has mapped.
package enum CodePages {
    /// Lets go of the code that this process has mapped; what still runs comes back by itself, out of the system's
    /// cache.
    ///
    /// With each page that is touched Linux maps its neighbours too (64 KiB), and takes none back while there is
    /// room: a start, which touches most of a program once, would stay resident for ever. Only mappings that are
    /// readable, executable, private and of a file are let go of: nothing was ever written there.
    package static func release() {
        for range in executableFiles(in: readWhole("/proc/self/maps")) {
            guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            // Only advice: where the kernel does not take it nothing is lost.
            _ = madvise(start, Int(range.upperBound - range.lowerBound), MADV_DONTNEED)
        }
    }

    /// Addresses of the mappings `r-xp` of files in the text of `/proc/PID/maps` (proc_pid_maps(5)).
    static func executableFiles(in maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "r-xp", fields[4] != "0" else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { return nil }
            return ends[0]..<ends[1]
        }
    }

    private static func readWhole(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(descriptor, &piece, piece.count)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += piece[..<count]
        }
    }
}
