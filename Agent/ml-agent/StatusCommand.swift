import AgentCore
import ArgumentParser
import Programs

/// Shows the spool.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show feeds, cursors, what is pending or watched, lanes, lease and logon: the spool alone.")

    @ParentCommand var root: MLAgent

    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let agent = try AgentContext(configurationPath: root.config)
        let report = try await StatusReport.read(
            from: agent.openSpoolReadOnly(), spoolBytesLimit: agent.configuration.limits.spoolBytesLimit,
            isRunning: RunLock.isHeld(beside: agent.configuration.paths.spool))
        if json {
            try JSONOutput.print(report)
        } else {
            StandardOutput.writeLine(String(report.text.dropLast()))
        }
    }
}
