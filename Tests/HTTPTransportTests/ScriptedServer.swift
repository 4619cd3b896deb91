import Foundation
import Glibc
import Synchronization

/// A server on loopback that does exactly what a test says, on a thread for each connection.
///
/// It is written on bare sockets, so that it can reset a connection in the middle of anything.
final class ScriptedServer: Sendable {
    /// What it does once it has read one whole request.
    enum Step: Sendable {
        case answer(status: Int, body: [UInt8], headers: String = "")
        /// These bytes, whatever they are, and the end of the connection.
        case raw([UInt8])
        case reset
        case silence
        /// Exactly these bytes, and then the end of the connection.
        case bytes(String)
        /// The beginning of an answer, and then a byte of a body that has no end each time the client is read from.
        case trickle
    }

    private struct State {
        var steps: [Step]
        var requests: [String] = []
        var resets = 0
    }

    let port: UInt16
    private let listener: Int32
    private let state: Mutex<State>

    init(_ steps: Step...) throws {
        state = Mutex(State(steps: steps))
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = self.listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { return }
                Thread.detachNewThread { [self] in serve(connection) }
            }
        }
    }

    func stop() { _ = shutdown(listener, Int32(SHUT_RDWR)) }

    var url: String { "http://127.0.0.1:\(port)/x" }
    var requests: [String] { state.withLock { $0.requests } }
    /// How many connections the client ended by a reset.
    var resets: Int { state.withLock { $0.resets } }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        while let request = readRequest(connection) {
            let step = state.withLock { state in
                state.requests.append(request)
                return state.steps.isEmpty ? Step.reset : state.steps.removeFirst()
            }
            switch step {
            case .answer(let status, let body, let headers):
                let head = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\n\(headers)\r\n"
                let bytes = Array(head.utf8) + body
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            case .raw(let bytes):
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                return
            case .reset:
                var setting = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
                return
            case .silence: continue
            case .bytes(let text):
                let bytes = Array(text.utf8)
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                return
            case .trickle: trickle(connection)
            }
        }
    }

    /// A byte every 20 ms, until the client has gone.
    private func trickle(_ connection: Int32) {
        var bytes = Array("HTTP/1.1 201 X\r\nContent-Length: 100000\r\n\r\n".utf8)
        while send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0 {
            bytes = [65]
            var piece: [UInt8] = [0]
            var until = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            if poll(&until, 1, 20) > 0, recv(connection, &piece, 1, 0) <= 0 {
                state.withLock { $0.resets += errno == ECONNRESET ? 1 : 0 }
                return
            }
        }
    }

    /// Head and body of one request; nil at the end of the connection.
    private func readRequest(_ connection: Int32) -> String? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let text = String(decoding: bytes[..<head.lowerBound], as: UTF8.self)
                let field = text.lowercased().split(separator: "\r\n").first {
                    $0.hasPrefix("content-length:")
                }
                let length = field.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
                if bytes.count >= head.upperBound + length { return String(decoding: bytes, as: UTF8.self) }
            }
            let count = recv(connection, &piece, piece.count, 0)
            if count < 0, errno == ECONNRESET { state.withLock { $0.resets += 1 } }
            if count <= 0 { return nil }
            bytes += piece[..<count]
        }
    }
}
