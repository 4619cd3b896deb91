import AgentCore
import ArgumentParser
import Logging
import Programs

/// Polls once.
struct PollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll", abstract: "Poll the feeds once, or show what a poll would find.")

    @ParentCommand var root: MLAgent

    @Flag(help: "Poll once; `ml-agent run` polls for ever.") var once = false
    @Flag(help: "Show what would be found and told, and write nothing.") var dryRun = false
    @Option(help: "Only this feed.") var feed: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard once else { throw ValidationError("Say --once; `ml-agent run` polls for ever.") }
    }

    func run() async throws {
        ProgramLog.bootstrap(level: .error)
        let poll = SinglePoll(
            try AgentContext(configurationPath: root.config), logger: Logger(label: "ml-agent"))
        guard dryRun else {
            try await poll.poll(only: feed)
            StandardOutput.writeLine("Polled; the running agent sends what was found.")
            return
        }
        let previews = try await poll.preview(only: feed)
        if json {
            try JSONOutput.print(previews)
        } else {
            for preview in previews { StandardOutput.writeLine(preview.text) }
        }
    }
}
