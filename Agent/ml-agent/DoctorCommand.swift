import AgentCore
import ArgumentParser
import Logging
import Programs

/// Checks the installation.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check library, logon, clocks, tables, relay and pairing; one line each, with the remedy.")

    @ParentCommand var root: MLAgent

    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        ProgramLog.bootstrap(level: .critical)
        let isJSON = json
        let doctor = Doctor(
            try AgentContext(configurationPath: root.config), logger: Logger(label: "ml-agent")
        ) { finding in
            if !isJSON { StandardOutput.writeLine(finding.text) }
        }
        let findings = await doctor.run()
        if json { try JSONOutput.print(findings) }
        if let failure = findings.failure { throw failure }
    }
}
