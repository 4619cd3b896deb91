import ArgumentParser
import Programs
import RelayCore

/// Says why an event did or did not become a message.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why a document did or did not become messages.",
        discussion: "Walks from the signed batch over rules and attempts to the last callback.")

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "A document's number, an event's number or id, or a notification's id.") var subject:
        String

    func run() async throws {
        let explanation = try await tenant.open().journal.explain(subject)
        guard !explanation.entries.isEmpty else {
            throw CommandFailure(
                "Nothing is known of \(subject).",
                remedy:
                    "Look at ml-relay events, and at ml-agent status for what SAP has and the agent waits for."
            )
        }
        if output.json { return try JSONOutput.print(explanation) }
        print(explanation.text, terminator: "")
    }
}
