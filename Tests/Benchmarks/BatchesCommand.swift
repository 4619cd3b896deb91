import ArgumentParser
import Programs

/// Taking batches in alone: needs no other program, and is what a profiler is held to.
struct BatchesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batches", abstract: "Take batches in, and do nothing else.")

    @Option(help: "Rounds that the comparison is taken in; the median counts.") var rounds = 7
    @Option(help: "Batches of 100 events that a round takes in.") var batches = 20

    func validate() throws {
        guard rounds > 0, batches > 0 else { throw ValidationError("Rounds and batches are at least 1.") }
    }

    func run() async throws {
        let figures = try await BatchBenchmark(batches: batches, rounds: rounds).figures()
        print(Figure.table(figures), terminator: "")
    }
}
