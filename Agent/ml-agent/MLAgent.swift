import AgentCore
import ArgumentParser
import Programs

@main
enum Main {
    static func main() async { await Program.run(MLAgent.self) }
}

/// The root command; what every command needs stands here.
struct MLAgent: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ml-agent", abstract: "Reads SAP on this network and hands its events to the relay.",
        version: AgentVersion.current,
        subcommands: [
            InitCommand.self, SecretsCommand.self, PairCommand.self, RunCommand.self, DoctorCommand.self,
            PollCommand.self, StatusCommand.self, AcceptSystemCommand.self, RFCWorkerCommand.self,
        ])

    @Option(help: ArgumentHelp("The agent's configuration file.", valueName: "file"))
    var config = usualConfiguration

    static let usualConfiguration = "/etc/ml-agent/agent.yaml"
}
