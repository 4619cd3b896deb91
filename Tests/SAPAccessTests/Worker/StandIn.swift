import Foundation
import FoundationNetworking
import Logging
import SAPAccess
import Synchronization
import TestSupport
import Testing

/// A running `sap-ecc-sim` with one user, and what tests ask of it.
final class StandIn: Sendable {
    static let password = "right"

    private struct Ready: Decodable {
        let rfc: Int
        let control: Int
    }

    let port: Int
    private let control: Int
    private let process: Process
    private let folder: TemporaryFolder
    /// Kept open: the program logs to it until it ends.
    private let output: Pipe

    /// - Parameter port: for RFC; 0 takes one that is free.
    init(port: Int = 0) async throws {
        try Program.requireAll()
        folder = try TemporaryFolder()
        try Self.password.write(toFile: folder.file("password"), atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path("sap-ecc-sim"))
        process.arguments = [
            "serve", "--rfc-port", String(port), "--control-port", "0", "--ledger",
            folder.file("ledger.sqlite"),
            "--seed", "7", "--client", "100", "--user", "MLCONN", "--password-file", folder.file("password"),
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = await withCheckedContinuation { continuation in
            DispatchQueue(label: "stand-in").async {
                var line = Data()
                while let byte = try? output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8)
                {
                    line += byte
                }
                continuation.resume(returning: line)
            }
        }
        let ready = try JSONDecoder().decode(Ready.self, from: line)
        (self.port, control) = (ready.rfc, ready.control)
        (self.process, self.output) = (process, output)
    }

    deinit { process.terminate() }

    /// Takes SAP down, with all its connections.
    func stop() async throws {
        kill(process.processIdentifier, SIGKILL)
        #expect(try await eventually { !process.isRunning })
    }

    /// Sends JSON to the control port.
    func post(_ path: String, _ json: String) async throws {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(control)/\(path)")))
        request.httpMethod = "POST"
        request.httpBody = Data(json.utf8)
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        let (body, answer) = try await URLSession.shared.data(for: request)
        #expect((answer as? HTTPURLResponse)?.statusCode == 200, "\(String(decoding: body, as: UTF8.self))")
    }

    func put(_ table: String, _ rows: [[String: String]]) async throws {
        struct Row: Encodable {
            let table: String
            let values: [String: String]
        }
        let body = try JSONEncoder().encode(rows.map { Row(table: table, values: $0) })
        try await post("rows", String(decoding: body, as: UTF8.self))
    }

    /// Calls that the stand-in has had, by function; `(logon)` counts attempts to log on.
    func calls() async throws -> [String: Int] {
        let url = try #require(URL(string: "http://127.0.0.1:\(control)/calls"))
        return try JSONDecoder().decode(
            [String: Int].self, from: try await URLSession.shared.data(from: url).0)
    }

    /// A pool of workers on this stand-in; nothing runs yet.
    func pool(
        gate: any LogonGate = RecordingGate(), budget: any CallBudget = RecordingBudget(places: 4),
        password: String = StandIn.password, limits: WorkerPoolLimits = WorkerPoolLimits(),
        deadlines: RFCDeadlines = RFCDeadlines(), library: String = Program.library,
    ) throws -> RFCWorkerPool {
        try Self.pool(
            port: port, gate: gate, budget: budget, password: password, limits: limits, deadlines: deadlines,
            library: library)
    }

    /// A pool of workers that call this port of loopback.
    static func pool(
        port: Int, gate: any LogonGate = RecordingGate(), budget: any CallBudget = RecordingBudget(places: 4),
        password: String = StandIn.password, limits: WorkerPoolLimits = WorkerPoolLimits(),
        deadlines: RFCDeadlines = RFCDeadlines(), library: String = Program.library,
    ) throws -> RFCWorkerPool {
        try Program.requireAll()
        var environment = ProcessInfo.processInfo.environment
        environment["SAP_ECC_SIM"] = "127.0.0.1:\(port)"
        return try RFCWorkerPool(
            executable: Program.path("ml-agent"), environment: environment,
            library: RFCLibraryLocation(path: library, traceFolder: Program.traces.get()),
            destination: RFCDestination(
                system: "SIM", client: "100", user: "MLCONN",
                parameters: ["ASHOST": "127.0.0.1", "SYSNR": "00", "LANG": "EN"],
                password: { password }),
            gate: gate, budget: budget, limits: limits, deadlines: deadlines, logger: .silent)
    }
}

/// Programs of ours, beside the test binary.
enum Program {
    private static let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

    static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    static let library = path("libsapnwrfc-sim.so")

    /// Where the library leaves its log, in this process and in workers; else that is the working folder.
    static let traces = Result { try TemporaryFolder().path }

    /// Made by targets that the test target does not depend on; `make test` builds them first.
    private static let missing = ["ml-agent", "sap-ecc-sim", "libsapnwrfc-sim.so"].first {
        !FileManager.default.isExecutableFile(atPath: path($0))
    }

    /// - Throws: a sentence that names the first program that was not built.
    static func requireAll() throws {
        if let missing { throw NotBuilt(program: missing) }
    }

    private struct NotBuilt: Error, CustomStringConvertible {
        let program: String
        var description: String {
            "\(program) is not beside the tests. Build everything first: `make build`, or `make test`."
        }
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension RFCWorkerPool {
    /// Runs the pool while `body` does.
    func whileRunning<Result: Sendable>(
        _ body: @Sendable () async throws -> Result,
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run() }
            let result: Result
            do { result = try await body() } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }
}

/// A gate in memory that obeys the protocol's words and writes down what it heard.
final class RecordingGate: LogonGate {
    private struct State {
        var begun = 0
        var inFlight: LogonAttempt?
        var outcomes: [LogonOutcome] = []
        var reason: String?
    }

    private let state = Mutex(State())
    private let opening: @Sendable () async -> Void

    /// - Parameter opening: an attempt waits for it, once it was begun.
    init(opening: @escaping @Sendable () async -> Void = {}) { self.opening = opening }

    var outcomes: [LogonOutcome] { state.withLock { $0.outcomes } }
    var begun: Int { state.withLock { $0.begun } }

    func begin(_ identity: LogonIdentity) async throws -> LogonAttempt {
        let attempt = try state.withLock { state in
            if let reason = state.reason { throw LogonGateError.closed(identity, reason: reason) }
            guard state.inFlight == nil else { throw LogonGateError.busy(identity) }
            state.begun += 1
            let attempt = LogonAttempt(identity: identity, id: String(state.begun))
            state.inFlight = attempt
            return attempt
        }
        await opening()
        return attempt
    }

    func end(_ attempt: LogonAttempt, _ outcome: LogonOutcome) async throws {
        state.withLock { state in
            #expect(state.inFlight == attempt)
            state.inFlight = nil
            state.outcomes.append(outcome)
            if case .refused(let sentence) = outcome { state.reason = sentence }
        }
    }
}

/// A budget in memory.
final class RecordingBudget: CallBudget {
    private struct State {
        var held: Set<CallPermit> = []
        var taken = 0
        var greatest = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(places: Int) { limit = places }

    var held: Int { state.withLock { $0.held.count } }
    var greatest: Int { state.withLock { $0.greatest } }

    func take(system: String) async throws -> CallPermit? {
        state.withLock { state in
            guard state.held.count < limit else { return nil }
            state.taken += 1
            let permit = CallPermit(system: system, id: String(state.taken))
            state.held.insert(permit)
            state.greatest = max(state.greatest, state.held.count)
            return permit
        }
    }

    func giveBack(_ permit: CallPermit) async { state.withLock { _ = $0.held.remove(permit) } }

    func places(system: String) async throws -> Int { limit }
}
