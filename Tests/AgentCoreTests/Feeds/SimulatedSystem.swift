import Foundation
import FoundationNetworking
import Logging
import SAPAccess
import SQLStore
import TestSupport
import Testing

/// A running `sap-ecc-sim`, and a pool of workers on it.
final class SimulatedSystem: Sendable {
    private struct Ready: Decodable {
        let rfc: Int
        let control: Int
    }

    private static let programs = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

    private static func path(_ name: String) -> String { programs.appendingPathComponent(name).path }

    /// Made by targets that the test target does not depend on; `make test` builds them first.
    private static let missing = ["ml-agent", "sap-ecc-sim", "libsapnwrfc-sim.so"].first {
        !FileManager.default.isExecutableFile(atPath: path($0))
    }

    private struct NotBuilt: Error, CustomStringConvertible {
        let program: String
        var description: String {
            "\(program) is not beside the tests. Build everything first: `make build`, or `make test`."
        }
    }

    private let ready: Ready
    private let process: Process
    private let folder: TemporaryFolder
    /// Kept open: the program logs to it until it ends.
    private let output: Pipe

    init(seed: Int) async throws {
        if let missing = Self.missing { throw NotBuilt(program: missing) }
        folder = try TemporaryFolder()
        try "right".write(toFile: folder.file("password"), atomically: true, encoding: .utf8)
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path("sap-ecc-sim"))
        process.arguments = [
            "serve", "--rfc-port", "0", "--control-port", "0", "--ledger", folder.file("ledger.sqlite"),
            "--seed", "\(seed)", "--client", "100", "--user", "MLCONN", "--password-file",
            folder.file("password"),
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = await withCheckedContinuation { continuation in
            DispatchQueue(label: "sap-ecc-sim").async {
                var line = Data()
                while let byte = try? output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8)
                {
                    line += byte
                }
                continuation.resume(returning: line)
            }
        }
        ready = try JSONDecoder().decode(Ready.self, from: line)
        self.output = output
    }

    deinit { process.terminate() }

    /// Sends JSON to the control port.
    func post(_ path: String, _ json: String) async throws {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(ready.control)/\(path)")))
        request.httpMethod = "POST"
        request.httpBody = Data(json.utf8)
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        let (body, answer) = try await URLSession.shared.data(for: request)
        #expect((answer as? HTTPURLResponse)?.statusCode == 200, "\(String(decoding: body, as: UTF8.self))")
    }

    /// Ends all faults that were asked for.
    func clearFaults() async throws {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(ready.control)/faults")))
        request.httpMethod = "DELETE"
        _ = try await URLSession.shared.data(for: request)
    }

    /// Whether a day that was started is over.
    func isDayOver() async throws -> Bool {
        struct Report: Decodable { let isRunning: Bool }
        let url = try #require(URL(string: "http://127.0.0.1:\(ready.control)/day"))
        return try !JSONDecoder().decode(Report.self, from: try await URLSession.shared.data(from: url).0)
            .isRunning
    }

    /// What became true in SAP, as `document transition/version`.
    func facts() async throws -> [String] {
        let database = try await SQLiteDatabase.open(path: folder.file("ledger.sqlite"))
        return try await database.read { sql in
            try sql.query("SELECT document, transition, version FROM fact").map { row in
                "\(try row.text("document")) \(try row.text("transition"))/\(try row.text("version"))"
            }
        }
    }

    /// A pool of workers on this system; nothing runs yet.
    func pool() throws -> RFCWorkerPool {
        var environment = ProcessInfo.processInfo.environment
        environment["SAP_ECC_SIM"] = "127.0.0.1:\(ready.rfc)"
        return try RFCWorkerPool(
            executable: Self.path("ml-agent"), environment: environment,
            library: RFCLibraryLocation(
                path: Self.path("libsapnwrfc-sim.so"), traceFolder: folder.path),
            destination: RFCDestination(
                system: "SIM", client: "100", user: "MLCONN",
                parameters: ["ASHOST": "127.0.0.1", "SYSNR": "00", "LANG": "EN"], password: { "right" }),
            gate: OpenGate(), budget: OpenBudget(), logger: Logger(label: "test"))
    }
}

/// Lets everybody log on.
private struct OpenGate: LogonGate {
    func begin(_ identity: LogonIdentity) async throws -> LogonAttempt {
        LogonAttempt(identity: identity, id: "1")
    }

    func end(_ attempt: LogonAttempt, _ outcome: LogonOutcome) async throws {}
}

/// Has as many places as the pool has workers.
private struct OpenBudget: CallBudget {
    func take(system: String) async throws -> CallPermit? { CallPermit(system: system, id: "1") }
    func giveBack(_ permit: CallPermit) async {}
    func places(system: String) async throws -> Int { 4 }
}
