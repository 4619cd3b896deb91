import Dispatch
import Glibc
import SAPSimulator
import Testing

/// The library over a real socket.
///
/// Serialised: the library finds the server by one environment variable.
@Suite(.serialized)
struct SDKTests {
    @Test("a client logs on, calls, reads a table, and meets each failure with its own code")
    func wholeTalk() async throws {
        try await withServer { system, port in
            setenv("SAP_ECC_SIM", "127.0.0.1:\(port)", 1)
            try await onThread {
                let client = try SDKClient(port: port)
                #expect(client.error.code == 0)
                #expect(try client.ping() == 0)
                try Self.echoes(client)
                try Self.readsTables(client)
                #expect(try client.function("Z_NO_SUCH") == nil)
                #expect(client.error.code == 5)
                #expect(client.error.key == "FU_NOT_FOUND")
                #expect(client.error.message == "ID:FL Type:E Number:046 Z_NO_SUCH")
                #expect(try client.ping() == 0)
            }
            try await onThread {
                for _ in 0..<5 {
                    let refused = try SDKClient(port: port, password: "wrong")
                    #expect(refused.connection == nil)
                    #expect(refused.error.code == 2)
                }
                let locked = try SDKClient(port: port)
                #expect(locked.connection == nil)
                #expect(locked.error.message == "Name or password is incorrect (repeat logon)")
            }
        }
    }

    /// Descriptions that promise what no function module has.
    private static let nonsense: [(String, Bytes)] = [
        (
            "more exceptions than there are bytes",
            Bytes { bytes in
                bytes.put("Z_FUNCTION")
                for number in [0, 0, 0xFFFF_FFFF] { bytes.put(number) }
            }
        ),
        ("a structure without a type", parameter(type: 17, length: 8)),
        ("a packed number of no digits", parameter(type: 2, length: 0)),
        ("a text of four gigabytes", parameter(type: 0, length: 0xFFFF_FFF0)),
    ]

    /// A function with one parameter that it is sent.
    private static func parameter(type: UInt8, length: Int) -> Bytes {
        Bytes { bytes in
            bytes.put("Z_FUNCTION")
            for number in [0, 1] { bytes.put(number) }
            bytes.put(field: "P", type: type, bytes: length)
            bytes.all.append(1)
            for text in ["", "", ""] { bytes.put(text) }
            bytes.all.append(0)
            bytes.put(0)
        }
    }

    @Test(
        "a description that cannot be is an error of the call, and the process goes on", arguments: nonsense)
    func nonsensical(what: String, description: Bytes) async throws {
        let server = try ScriptedServer(answer: (kind: 0x83, body: description.all))
        setenv("SAP_ECC_SIM", "127.0.0.1:\(server.port)", 1)
        try await onThread {
            let client = try SDKClient(port: server.port)
            #expect(client.error.code == 0)
            #expect(try client.function("Z_FUNCTION") == nil, "\(what)")
            #expect(client.error.code == 12)
        }
    }

    private static func echoes(_ client: SDKClient) throws {
        let function = try client.function("STFC_CONNECTION")
        #expect(try client.set(function, "REQUTEXT", "Grüße, 日本  ") == 0)
        #expect(try client.invoke(function) == 0)
        #expect(try client.get(function, "ECHOTEXT").text == "Grüße, 日本")
        #expect(try client.get(function, "RESPTEXT").text.hasPrefix("SAP"))
        let short = try client.get(function, "ECHOTEXT", room: 9)
        #expect(short.code == 23)
        #expect(short.length == 9)
        #expect(try client.set(function, "requtext", "x") == 20)
    }

    private static func readsTables(_ client: SDKClient) throws {
        let function = try client.function("RFC_READ_TABLE")
        #expect(try client.set(function, "QUERY_TABLE", "EKPO") == 0)
        let fields = try client.table(function, "FIELDS")
        for name in ["EBELN", "NETWR"] {
            #expect(try client.set(try client.append(fields), "FIELDNAME", name) == 0)
        }
        let options = try client.table(function, "OPTIONS")
        #expect(try client.set(try client.append(options), "TEXT", "EBELN EQ '4500000001'") == 0)
        #expect(try client.invoke(function) == 0)
        let data = try client.table(function, "DATA")
        #expect(try client.rows(data, "WA") == ["4500000001       12.50-"])
        let wide = try client.function("RFC_READ_TABLE")
        #expect(try client.set(wide, "QUERY_TABLE", "CDPOS") == 0)
        #expect(try client.invoke(wide) == 5)
        #expect(client.error.key == "DATA_BUFFER_EXCEEDED")
    }

    private func withServer(_ body: @Sendable (ECCSystem, Int) async throws -> Void) async throws {
        let system = ECCSystem(seed: 1) { 1_750_000_000 }
        system.addUser("MLCONN", client: "100", password: "secret")
        system.put("EKPO", ["MANDT": "100", "EBELN": "4500000001", "EBELP": "00010", "NETWR": "-12.5"])
        system.put("EKPO", ["MANDT": "200", "EBELN": "4500000001", "EBELP": "00010", "NETWR": "1"])
        let (ports, tell) = AsyncStream.makeStream(of: Int.self)
        let server = RFCServer(system: system, port: 0) { tell.yield($0) }
        try await withThrowingTaskGroup { group in
            group.addTask { try? await server.run() }
            for await port in ports {
                try await body(system, port)
                break
            }
            group.cancelAll()
        }
    }

    /// The library's calls block, so they get a thread of their own.
    private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue(label: "sdk").async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
