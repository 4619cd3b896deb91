import AgentCore
import ArgumentParser
import Programs

/// Makes what an agent needs on this host.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a commented configuration, a master key and an empty spool; what is there stays.")

    @ParentCommand var root: MLAgent

    @Option(
        help: ArgumentHelp(
            "Folder for vault, spool and trace of a new configuration.", valueName: "folder"))
    var state = AgentInstallation.defaultStateFolder

    func run() async throws {
        let installation = AgentInstallation(configurationPath: root.config, stateFolder: state)
        for step in try await installation.run(clock: .system) {
            StandardOutput.writeLine("\(step.isNew ? "made" : "kept")  \(step.what)  \(step.path)")
        }
        let option = root.config == MLAgent.usualConfiguration ? "" : ", each with --config \(root.config)"
        StandardOutput.writeLine(
            "Next: edit \(root.config); then ml-agent secrets set sap.password, ml-agent doctor and "
                + "ml-agent pair\(option).")
    }
}
