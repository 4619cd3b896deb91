import ArgumentParser
import Logging
import Programs
import ServiceLifecycle
import TwilioSimulator
import UnixSignals

@main
enum Main {
    static func main() async { await Program.run(TwilioSim.self) }
}

struct TwilioSim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "twilio-sim", abstract: "A stand-in for Twilio and SendGrid on loopback.",
        subcommands: [Serve.self])
}

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves until SIGTERM or SIGINT.")

    @Option(help: "Port of the REST APIs; 0 lets the kernel choose.") var port = 0
    @Option(help: "Port of the control API; 0 lets the kernel choose.") var controlPort = 0
    @Option(help: "File of the SQLite ledger.") var ledger: String
    @Option(help: "Decides identifiers and faults.") var seed: UInt64 = 1
    @Option(help: "Account, AC and 32 hexadecimal digits.") var accountSid: String
    @Option(help: "File that holds the Auth Token.") var authTokenFile: String
    @Option(help: "File that holds SendGrid's key.") var sendgridKeyFile: String
    @Option(help: "PEM file of the authority behind https callbacks.") var callbackCa: String?
    @Option(help: "Where SendGrid's events go.") var eventWebhook: String?
    @Option(help: "Milliseconds until a new message shows in the list.") var listLagMs = 0
    @OptionGroup var log: LogOptions

    func run() async throws {
        log.bootstrap()
        let logger = Logger(label: "twilio-sim")
        var settings = SimulatorSettings(
            ledgerPath: ledger, seed: seed, accountSID: accountSid,
            authToken: try SecretFile.read(authTokenFile),
            sendGridKey: try SecretFile.read(sendgridKeyFile))
        settings.apiPort = port
        settings.controlPort = controlPort
        settings.callbackCAPath = callbackCa
        settings.play.eventWebhookURL = eventWebhook
        settings.play.listLagMs = listLagMs
        let simulator = try await TwilioSimulator(settings: settings, logger: logger) { ports in
            ReadyLine.print(["api": ports.api, "control": ports.control])
        }
        let group = ServiceGroup(
            services: [simulator], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}
