import Foundation

/// Finds a loopback port that is free now, for a program that has to come back at the same address after a kill.
enum FreePort {
    /// Ports of the kernel's choice, all different.
    /// - Throws: `ChainError.overdue` where the system gives none.
    static func choose(_ count: Int) throws -> [Int] {
        var sockets: [Int32] = []
        defer { sockets.forEach { close($0) } }
        return try (0..<count).map { _ in
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            sockets.append(socket)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    bind(socket, generic, length) == 0 && getsockname(socket, generic, &length) == 0
                }
            }
            guard isBound else { throw ChainError.overdue(what: "a free port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }
}
