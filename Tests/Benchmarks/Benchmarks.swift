import ArgumentParser
import Programs

/// Measures the product against the least that could do the same, in one run, and prints ratios.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measure against bare loops of the same machine and run, as ratios.",
        discussion: """
            Absolute figures depend on machine and load; a ratio compares two things that were measured in turn. \
            Nothing here fails because something was slow.
            """,
        subcommands: [AllCommand.self, BatchesCommand.self, AgentSizeCommand.self],
        defaultSubcommand: AllCommand.self)

    static func main() async { await Program.run(Benchmarks.self) }
}
