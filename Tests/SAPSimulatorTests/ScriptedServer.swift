import Dispatch
import Glibc
import Testing

/// A server of the stand-in's wire that lets everybody log on, and answers anything else with one frame.
final class ScriptedServer: Sendable {
    let port: Int
    private let socket: Int32

    /// - Parameter answer: kind and body of the frame that every request but a logon gets.
    init(answer: (kind: UInt8, body: [UInt8])) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(socket, name, length) == 0 && listen(socket, 8) == 0
                    && getsockname(socket, name, &length) == 0
            }
        }
        try #require(bound)
        self.socket = socket
        port = Int(UInt16(bigEndian: address.sin_port))
        DispatchQueue(label: "scripted").async {
            while true {
                let client = accept(socket, nil, nil)
                guard client >= 0 else { return }
                Self.serve(client, answer)
                close(client)
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    private static func serve(_ client: Int32, _ answer: (kind: UInt8, body: [UInt8])) {
        let hello = Bytes { bytes in
            for text in ["sap", "00", "SIM", "100", "U", "E", "EN", "740", "753", "4103", "4103", "2", "1"] {
                bytes.put(text)
            }
        }
        while let head = read(client, 5) {
            let count = head[..<4].reduce(0) { $0 << 8 | Int($1) } - 1
            guard count == 0 || read(client, count) != nil else { return }
            let (kind, body) = head[4] == 1 ? (0x82, hello.all) : answer
            let frame = Bytes { bytes in
                bytes.put(body.count + 1)
                bytes.all.append(kind)
                bytes.all += body
            }
            _ = send(client, frame.all, frame.all.count, Int32(MSG_NOSIGNAL))
        }
    }

    private static func read(_ client: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return recv(client, &bytes, count, Int32(MSG_WAITALL)) == count ? bytes : nil
    }
}

/// The body of a frame, as the wire's rules say.
struct Bytes {
    var all: [UInt8] = []

    init(_ write: (inout Bytes) -> Void) { write(&self) }

    mutating func put(_ number: Int) {
        for shift in [24, 16, 8, 0] { all.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func put(_ text: String) {
        put(text.utf8.count)
        all += text.utf8
    }

    /// A field of a type's description.
    mutating func put(field name: String, type: UInt8, bytes: Int, decimals: Int = 0) {
        put(name)
        all.append(type)
        for number in [bytes, 0, bytes * 2, 0, decimals] { put(number) }
    }
}
