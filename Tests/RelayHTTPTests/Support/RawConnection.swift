import Foundation
import Testing

/// A TCP connection that says what it is told to, and nothing else.
final class RawConnection: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "raw connection")

    /// Connects on loopback.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0)
    }

    deinit { Foundation.close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        // A peer that has hung up is seen when it is read from.
        _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What the peer says next; empty where it has closed, nil where it said nothing within `limit`.
    func receive(within limit: Duration = .seconds(20)) async -> String? {
        let descriptor = descriptor
        return await withCheckedContinuation { continuation in
            queue.async {
                let (seconds, attoseconds) = limit.components
                var time = timeval(
                    tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
                setsockopt(
                    descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
                var piece = [UInt8](repeating: 0, count: 4_096)
                let count = recv(descriptor, &piece, piece.count, 0)
                // A reset is a way to close, too.
                let isClosed = count == 0 || (count < 0 && errno == ECONNRESET)
                continuation.resume(
                    returning: count > 0
                        ? String(decoding: piece[..<count], as: UTF8.self) : isClosed ? "" : nil)
            }
        }
    }
}
