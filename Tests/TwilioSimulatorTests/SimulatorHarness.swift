import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import SQLStore
import Synchronization
import TestSupport
import TwilioSimulator

/// A running simulator with a webhook receiver beside it, and a client that speaks to both.
final class SimulatorHarness: Sendable {
    /// One request that the receiver was sent.
    struct Received: Sendable {
        let path: String
        let headers: [String: String]
        let body: String
    }

    static let account = "AC00000000000000000000000000000001"
    static let token = "12345"
    let ports: TwilioSimulator.Ports
    let hooks: String
    let ledgerPath: String
    private let inbox: Inbox

    private final class Inbox: Sendable {
        let requests = Mutex<[Received]>([])
        let answers = Mutex<[UInt]>([])
    }

    private init(ports: TwilioSimulator.Ports, hooks: String, ledgerPath: String, inbox: Inbox) {
        self.ports = ports
        self.hooks = hooks
        self.ledgerPath = ledgerPath
        self.inbox = inbox
    }

    /// Runs `body` against a fresh simulator on free ports.
    ///
    /// - Parameters:
    ///   - folder: where the ledger is; one that another simulator left goes on.
    ///   - hookPort: where the receiver listens; 0 lets the kernel choose.
    static func run(
        in folder: TemporaryFolder? = nil, hookPort: Int = 0,
        _ body: @escaping @Sendable (SimulatorHarness) async throws -> Void,
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        let inbox = Inbox()
        let settings = SimulatorSettings(
            ledgerPath: folder.file("ledger.sqlite"), seed: 7, accountSID: account, authToken: token,
            sendGridKey: "SG.key")
        let (ports, found) = AsyncStream.makeStream(of: TwilioSimulator.Ports.self)
        let (hookPorts, foundHook) = AsyncStream.makeStream(of: Int.self)
        let simulator = try await TwilioSimulator(settings: settings, logger: Logger(label: "test")) {
            found.yield($0)
        }
        let router = Router()
        router.post("**") { request, _ in
            let body = String(buffer: try await request.body.collect(upTo: 1 << 20))
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            inbox.requests.withLock {
                $0.append(Received(path: request.uri.string, headers: headers, body: body))
            }
            let status = inbox.answers.withLock { $0.isEmpty ? 204 : $0.removeFirst() }
            return Response(status: .init(code: Int(status)))
        }
        let receiver = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: hookPort)),
            onServerRunning: { foundHook.yield($0.localAddress?.port ?? 0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await simulator.run() }
            group.addTask { try await receiver.run() }
            for await ports in ports {
                for await hook in hookPorts {
                    try await body(
                        SimulatorHarness(
                            ports: ports, hooks: "http://127.0.0.1:\(hook)", ledgerPath: settings.ledgerPath,
                            inbox: inbox))
                    break
                }
                break
            }
            group.cancelAll()
            while let _ = await group.nextResult() {}
        }
    }

    var received: [Received] { inbox.requests.withLock { $0 } }

    /// The next answers of the receiver; 204 afterwards.
    func answer(_ statuses: [UInt]) { inbox.answers.withLock { $0 = statuses } }

    /// Sends a request to the REST APIs (or the control port) and reads status, header fields and body.
    func send(
        _ method: HTTPMethod, _ path: String, body: String? = nil, port: Int? = nil,
        authorization: String? = nil,
        client: HTTPClient = .shared,
    ) async throws -> (status: Int, headers: HTTPHeaders, body: String) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port ?? ports.api)\(path)")
        request.method = method
        let basic = "Basic " + Data("\(Self.account):\(Self.token)".utf8).base64EncodedString()
        request.headers.add(name: "Authorization", value: authorization ?? basic)
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await client.execute(request, timeout: .seconds(20))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
        return (Int(response.status.code), response.headers, text)
    }

    func create(_ form: String) async throws -> (status: Int, json: [String: Any]) {
        let answer = try await send(.POST, "/2010-04-01/Accounts/\(Self.account)/Messages.json", body: form)
        let json = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        return (answer.status, json ?? [:])
    }

    func control(_ method: HTTPMethod, _ path: String, _ body: String? = nil) async throws -> String {
        try await send(method, path, body: body, port: ports.control).body
    }

    /// One number out of the ledger's file.
    func count(_ sql: String) async throws -> Int64 {
        let ledger = try await SQLiteDatabase.openReadOnly(path: ledgerPath)
        let count = try await ledger.read { try $0.first(sql)?.integer(0) ?? -1 }
        await ledger.close()
        return count
    }
}
