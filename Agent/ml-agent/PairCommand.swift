import AgentCore
import ArgumentParser
import Logging
import Programs

/// Pairs the agent with a relay.
struct PairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair",
        abstract: "Pair with a relay by the one-time token of `ml-relay agents invite`.")

    @ParentCommand var root: MLAgent

    @Argument(
        help: ArgumentHelp(
            "File that holds the token; - is standard input. The token itself never stands here.",
            valueName: "file"))
    var file = "-"

    @Flag(help: "Replace an existing pairing.") var replace = false

    func run() async throws {
        ProgramLog.bootstrap(level: .error)
        let agent = try AgentContext(configurationPath: root.config)
        let pairing = AgentPairing(agent)
        guard try replace || !pairing.isPaired() else {
            throw CommandFailure(
                "This agent is paired already.", remedy: "Use --replace if it is to have another relay.",
                kind: .configuration)
        }
        let result = try await pairing.run(token: try SecretInput.read(file, what: "the token"))
        StandardOutput.writeLine("Paired with \(result.address) as \(result.agent).")
        StandardOutput.writeLine("Compare the relay key with what ml-relay agents invite printed:")
        StandardOutput.writeLine("  agent key     \(result.agentKey)")
        StandardOutput.writeLine("  relay key     \(result.relayKey)")
        for authority in result.authorities { StandardOutput.writeLine("  authority     \(authority)") }
        await pinSystem(agent)
    }

    /// A pairing stands without SAP too; the first system met is pinned then.
    private func pinSystem(_ agent: AgentContext) async {
        do {
            let pin = try await SystemMeeting(agent).meet(logger: Logger(label: "ml-agent"))
            StandardOutput.writeLine("SAP system: \(pin.summary); it is pinned.")
        } catch let changed as SystemChanged {
            StandardOutput.writeLine(changed.description)
        } catch {
            StandardOutput.writeLine(
                "SAP was not reached, the system met first will be pinned. \(FailureReport(error).text)")
        }
    }
}
