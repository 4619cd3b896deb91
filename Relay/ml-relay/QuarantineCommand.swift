import ArgumentParser
import Programs
import RelayCore

/// What could not be decoded.
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "Events that could not be decoded.", subcommands: [List.self])

    /// Lists it.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what waits in quarantine, the oldest first.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var output: OutputOptions
        @Option(help: "At most so many.") var limit = 100

        func run() async throws {
            try output.print(
                try await tenant.open().journal.quarantine(limit: limit),
                columns: [
                    .init("BATCH", isNumber: true), .init("POSITION", isNumber: true), .init("SINCE"),
                    .init("CODE"), .init("REASON"), .init("AGENT"),
                ]
            ) { ["\($0.batch)", "\($0.position)", $0.since, $0.code, $0.reason, $0.agent] }
        }
    }
}
