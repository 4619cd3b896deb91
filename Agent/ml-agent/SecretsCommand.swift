import AgentCore
import ArgumentParser
import Programs

/// The secrets of the vault.
struct SecretsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Set and list secrets; let the agent log on to SAP again.",
        subcommands: [SecretsSet.self, SecretsList.self, SecretsRetry.self])
}

/// Sets one secret; its value never stands in the arguments, which every user of the host can see.
struct SecretsSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set a secret, read from a file or from standard input.")

    @ParentCommand var root: MLAgent

    @Argument(help: ArgumentHelp("sap.password or relay.proxy.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Read the value from this file; - is standard input.", valueName: "file"))
    var file = "-"

    func run() async throws {
        let agent = try AgentContext(configurationPath: root.config)
        try AgentSecrets.entered(name)
        let value = try SecretInput.read(file, what: name)
        let change = try await agent.secrets.set(name, value)
        StandardOutput.writeLine(change.sentence)
    }
}

/// Lists names, never values.
struct SecretsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List which secrets are set.")

    @ParentCommand var root: MLAgent

    func run() async throws {
        let agent = try AgentContext(configurationPath: root.config)
        var table = TextTable([.init("SECRET"), .init("SET"), .init("WHAT IT IS")])
        for entry in try agent.secrets.list() {
            table.add([entry.name, entry.isSet ? "yes" : "no", entry.meaning])
        }
        StandardOutput.writeLine(String(table.text.dropLast()))
    }
}

/// Opens closed logon gates.
struct SecretsRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Let the agent try its logon to SAP once more with the same password.")

    @ParentCommand var root: MLAgent

    func run() async throws {
        let agent = try AgentContext(configurationPath: root.config)
        let opened = try await agent.secrets.retry()
        StandardOutput.writeLine(
            opened == 0 ? "No logon was stopped." : "The agent tries its logon to SAP again.")
    }
}
