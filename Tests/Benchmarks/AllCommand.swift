import ArgumentParser
import Programs
import TestSupport
import WholeChain

/// Reading SAP, taking batches in, and the whole way.
struct AllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "Read tables, take batches in, and time the whole chain.")

    @Option(help: "Rounds that each comparison is taken in; the median counts.") var rounds = 7
    @Option(help: "Rows of EKKO that one read brings.") var rows = 5_000
    @Option(help: "Batches of 100 events that a round takes in.") var batches = 20
    @Option(help: "Documents that go through the whole chain.") var documents = 60

    func validate() throws {
        guard rounds > 0, batches > 0, documents > 0 else {
            throw ValidationError("Rounds, batches and documents are at least 1.")
        }
        guard (1...5_000).contains(rows) else { throw ValidationError("--rows is between 1 and 5000.") }
    }

    func run() async throws {
        let programs = try ChainPrograms()
        let progress = ProgressLine()
        progress.update("reading \(rows) rows with RFC_READ_TABLE")
        var figures = try await ReadingBenchmark(programs: programs, rows: rows, rounds: rounds).figures()
        progress.update("taking in \(batches) batches of \(BatchMaker.size) events")
        figures += try await BatchBenchmark(batches: batches, rounds: rounds).figures()
        progress.update("sending \(documents) documents through the whole chain")
        figures += try await LatencyBenchmark(programs: programs, documents: documents).figures()
        progress.finish("measured")
        print(Figure.table(figures), terminator: "")
    }
}
