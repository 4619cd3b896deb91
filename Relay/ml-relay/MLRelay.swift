import ArgumentParser
import Foundation
import Programs
import RelayCore

/// The relay's command line: commands and wiring only.
@main
struct MLRelay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ml-relay",
        abstract: "Takes SAP events from agents and tells people by SMS and e-mail.",
        discussion: """
            Begin with `ml-relay init`, set the secrets, apply rules, and `ml-relay run`; then invite an agent.
            Exit codes: 0 done, 1 failed for good, 64 wrong command line, 75 try again later, 78 a setting or a \
            secret has to be changed.
            """,
        version: RelayVersion.text,
        subcommands: [
            InitCommand.self, RunCommand.self, AgentsCommand.self, RulesCommand.self, EventsCommand.self,
            NotificationsCommand.self, ExplainCommand.self, QuarantineCommand.self, PauseCommand.self,
            ResumeCommand.self, SecretsCommand.self, WebhooksCommand.self, DirectoryCommand.self,
            AuditCommand.self,
        ])

    @Option(
        help: ArgumentHelp(
            "The configuration file; may stand before or behind the command.", valueName: "file"))
    var config: String?

    /// Commands read their own option first, then the environment.
    func validate() throws {
        if let config { setenv(RelayOptions.variable, config, 1) }
    }

    static func main() async {
        await Program.run(MLRelay.self) { CommandFailure(command: $0) }
    }
}
