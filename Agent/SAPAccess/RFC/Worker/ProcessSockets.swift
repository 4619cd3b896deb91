internal import FoundationEssentials

/// What the system knows about the TCP connections of a process.
enum ProcessSockets {
    /// TCP states as `/proc/net/tcp` writes them.
    private static let synSent: Substring = "02"

    /// Whether a process has TCP connections, and each of them still waits for the other side's first answer.
    ///
    /// Then nothing that it wanted to send has left this host. False where that cannot be found out.
    static func areOnlyConnecting(_ process: Int32) -> Bool {
        let folder = "/proc/\(process)/fd"
        let files = FileManager.default
        guard let descriptors = try? files.contentsOfDirectory(atPath: folder) else { return false }
        var sockets: Set<Substring> = []
        for descriptor in descriptors {
            guard let target = try? files.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)"),
                target.hasPrefix("socket:[")
            else { continue }
            sockets.insert(target.dropFirst(8).dropLast())
        }
        var states: [Substring] = []
        for table in ["tcp", "tcp6"] {
            guard let content = PipeEnd.content(of: "/proc/\(process)/net/\(table)") else { continue }
            for line in String(decoding: content, as: UTF8.self).split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                guard fields.count > 9, sockets.contains(fields[9]) else { continue }
                states.append(fields[3])
            }
        }
        return !states.isEmpty && states.allSatisfy { $0 == synSent }
    }
}
