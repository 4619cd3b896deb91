import Foundation

/// A port of loopback that never answers a word.
///
/// While it is full, the system drops every further call, as a firewall does; else it takes the connection and stays
/// silent.
final class SilentHost: Sendable {
    let port: Int
    private let descriptors: [Int32]

    private struct Failure: Error {}

    init(isFull: Bool) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) == 0 && listen(listener, isFull ? 0 : 16) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        guard bound else { throw Failure() }
        var descriptors = [listener]
        // A backlog of 0 has room for one.
        for _ in 0..<(isFull ? 2 : 0) {
            let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            descriptors.append(caller)
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(caller, $0, size) }
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.descriptors = descriptors
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// Whether a call beside the two of its own waits for an answer.
    var isCalled: Bool {
        let table = FileHandle(forReadingAtPath: "/proc/self/net/tcp")?.readDataToEndOfFile() ?? Data()
        let name = String(port, radix: 16, uppercase: true)
        let target = "0100007F:" + String(repeating: "0", count: 4 - name.count) + name
        let calls = String(decoding: table, as: UTF8.self).split(separator: "\n").filter { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[2] == target && fields[3] == "02"
        }
        return calls.count > 1
    }
}
