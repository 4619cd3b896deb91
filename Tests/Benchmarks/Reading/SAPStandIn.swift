import Foundation
import Logging
import SAPAccess
import TestSupport
import WholeChain

/// A running `sap-ecc-sim`, for this process and its workers.
struct SAPStandIn: Sendable {
    static let client = "100"
    static let user = "MLCONN"

    let password: String
    /// Where SAP's library is when it is loaded for this stand-in, with its log out of the working folder.
    let library: RFCLibraryLocation
    private let control: ControlPort

    /// Starts one, runs `body`, and ends it.
    static func run<Value: Sendable>(
        programs: ChainPrograms, _ body: @escaping @Sendable (SAPStandIn) async throws -> Value,
    ) async throws -> Value {
        let folder = try TemporaryFolder()
        let password = String(UInt64.random(in: .min ... .max), radix: 36)
        try password.write(toFile: folder.file("password"), atomically: true, encoding: .utf8)
        let program = Program(
            name: "sap-ecc-sim", executable: programs.sapECCSim,
            arguments: [
                "serve", "--ledger", folder.file("ledger.db"), "--password-file", folder.file("password"),
            ], logFile: folder.file("log"))
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await program.serve()
                return nil
            }
            group.addTask {
                let ready = try await program.start()
                guard let rfc = ready["rfc"], let control = ready["control"] else {
                    throw BenchmarkError.wrong("sap-ecc-sim did not say its ports")
                }
                // Where the stand-in for SAP's library connects to; workers inherit it.
                setenv("SAP_ECC_SIM", "127.0.0.1:\(rfc)", 1)
                return try await body(
                    SAPStandIn(
                        password: password,
                        library: RFCLibraryLocation(path: programs.library, traceFolder: folder.path),
                        control: ControlPort(port: control)))
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                guard let result else { continue }
                try await program.terminate()
                return result
            }
            throw CancellationError()
        }
    }

    /// Fills EKKO with orders.
    func fill(rows: Int) async throws {
        struct Row: Encodable {
            let table = "EKKO"
            let values: [String: String]
        }
        for start in stride(from: 0, to: rows, by: 1_000) {
            let orders = (start..<min(start + 1_000, rows)).map { number in
                Row(values: [
                    "MANDT": Self.client, "EBELN": String(4_500_000_000 + number), "BUKRS": "1000",
                    "BSTYP": "F", "BSART": "NB",
                    "AEDAT": "20260305", "ERNAM": "MEIER", "LIFNR": "0000004711", "EKORG": "1000",
                    "EKGRP": "001", "WAERS": "EUR", "BEDAT": "20260305",
                ])
            }
            try await control.post(
                "/rows", String(decoding: try JSONEncoder().encode(orders), as: UTF8.self))
        }
    }

    /// A pool of one worker; nothing runs yet.
    func pool(programs: ChainPrograms) throws -> RFCWorkerPool {
        let password = password
        return try RFCWorkerPool(
            executable: programs.agent, library: library,
            destination: RFCDestination(
                system: "SIM", client: Self.client, user: Self.user,
                parameters: ["ASHOST": "127.0.0.1", "SYSNR": "00", "LANG": "EN"],
                password: { password }),
            gate: OpenGate(), budget: OnePlace(),
            logger: Logger(label: "benchmarks") { _ in SwiftLogNoOpLogHandler() })
    }
}
