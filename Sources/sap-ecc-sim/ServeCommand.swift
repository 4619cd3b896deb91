import ArgumentParser
import Foundation
import Logging
import Programs
import SAPSimulator
import ServiceLifecycle
import UnixSignals

/// Runs the simulated SAP ECC until it is told to end.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve RFC and the control port on loopback.")

    @Option(help: "Port for RFC; 0 takes one that is free.") var rfcPort = 0
    @Option(help: "Port for faults, clock, users and rows; 0 takes one that is free.") var controlPort = 0
    @Option(help: "SQLite file that takes the ground truth.") var ledger: String
    @Option(help: "Decides the order of rows and the documents of a day.") var seed: UInt64 = 1
    @Option(help: "Client that holds the data; its role is production.") var client = "100"
    @Option(help: "User that may log on.") var user = "MLCONN"
    @Option(help: "File with the user's password.") var passwordFile: String
    @Option(help: "A module that not every system has, for example BAPI_VENDOR_GETLIST; may be repeated.")
    var ownModule: [String] = []

    func run() async throws {
        let password: String
        do {
            password = try String(contentsOfFile: passwordFile, encoding: .utf8)
        } catch {
            throw CommandFailure(
                "The password file \(passwordFile) cannot be read.",
                remedy: "Name a file that holds the password.",
                kind: .configuration)
        }
        var identity = ECCSystem.Identity()
        identity.client = client
        identity.ownModules = Set(ownModule)
        let system = ECCSystem(identity: identity, seed: seed) { Date().timeIntervalSince1970 }
        system.addUser(user, client: client, password: password.trimmingCharacters(in: .newlines))
        CustomizingData.put(into: system)
        let group = ServiceGroup(
            services: [
                SimulatorService(
                    system: system, ledger: try await Ledger.open(ledger), seed: seed, rfcPort: rfcPort,
                    controlPort: controlPort)
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "sap-ecc-sim"))
        try await group.run()
    }
}
