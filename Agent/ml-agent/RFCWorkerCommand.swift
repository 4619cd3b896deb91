import ArgumentParser
import SAPAccess

/// The child process that holds SAP's library and one connection; the agent starts it, never a person.
struct RFCWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rfc-worker", abstract: "One connection to SAP, driven over pipes.",
        shouldDisplay: false)

    func run() throws { throw ExitCode(RFCWorker.run()) }
}
