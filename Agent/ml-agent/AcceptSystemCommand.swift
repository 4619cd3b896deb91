import AgentCore
import ArgumentParser
import Programs

/// Accepts a changed SAP system.
struct AcceptSystemCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept-system",
        abstract: "Go on with the SAP system that was met instead of the pinned one.")

    @ParentCommand var root: MLAgent

    func run() async throws {
        let agent = try AgentContext(configurationPath: root.config)
        let memory = SystemMemory(vault: agent.vault, spool: try await agent.openSpool())
        guard let system = try await memory.accept() else {
            throw CommandFailure("No other system was met than the pinned one.", kind: .permanent)
        }
        StandardOutput.writeLine("Pinned: \(system.summary). Restart the agent.")
    }
}
