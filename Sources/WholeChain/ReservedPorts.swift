import Foundation

/// Loopback ports that stay a chain's own while it exists.
///
/// A program has to come back at the same address after a kill. Meanwhile its port belongs to nobody, and the system
/// would give it to any connection that goes out. So a socket is kept bound to each port here. It never listens,
/// and like every server it allows its address to be used again: Linux lets those programs listen there, and
/// gives the port to nobody else.
final class ReservedPorts: Sendable {
    /// Different ports of the kernel's choice.
    let numbers: [Int]
    private let sockets: [Int32]

    /// - Throws: `ChainError.overdue` where the system gives none.
    init(_ count: Int) throws {
        var numbers: [Int] = []
        var sockets: [Int32] = []
        for _ in 0..<count {
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard socket >= 0, let port = Self.bind(socket) else {
                (sockets + [socket]).forEach { close($0) }
                throw ChainError.overdue(what: "a free port")
            }
            sockets.append(socket)
            numbers.append(port)
        }
        self.numbers = numbers
        self.sockets = sockets
    }

    deinit { sockets.forEach { close($0) } }

    private static func bind(_ socket: Int32) -> Int? {
        var isReusable: Int32 = 1
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                setsockopt(
                    socket, SOL_SOCKET, SO_REUSEADDR, &isReusable, socklen_t(MemoryLayout<Int32>.size)) == 0
                    && Foundation.bind(socket, generic, length) == 0
                    && getsockname(socket, generic, &length) == 0
            }
        }
        return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
