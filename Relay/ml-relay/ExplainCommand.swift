import ArgumentParser
import Programs
import RelayCore

/// Says why an event did or did not become a message.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why a document did or did not become messages.",
        discussion: """
            Walks from the signed batch over each rule and attempt to the last callback, and says what a message \
            waits for. Ends with 1 where nothing is known of the document.
            """)

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "A document's number, an event's number or id, or a notification's id.") var subject:
        String

    func run() async throws {
        let explanation = try await tenant.open().journal.explain(subject)
        if output.json { try JSONOutput.print(explanation) }
        if !output.json { StandardOutput.writeLine(String(explanation.text.dropLast())) }
        guard !explanation.isEmpty else {
            throw CommandFailure(
                "Nothing is known of \(subject).",
                remedy:
                    "Look at ml-relay events, and at ml-agent status for what SAP has and the agent waits for."
            )
        }
    }
}
