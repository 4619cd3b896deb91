import ArgumentParser
import Foundation
import Programs
import WholeChain

/// Plays a business day through the whole chain, and judges it.
@main
struct MLDemo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ml-demo",
        abstract: "Play a business day from SAP to Twilio on this machine, and judge it.",
        discussion: """
            Starts stand-ins for SAP ECC and Twilio, the relay and the agent, pairs the two, and shows documents \
            becoming messages. Ends with 0 only if nothing was lost and nothing was told twice. Without \
            --documents (or DEMO_DOCUMENTS) it goes on until Ctrl-C.
            """)

    @Option(help: "How many documents SAP creates or changes; else until Ctrl-C.") var documents: Int?
    @Option(help: "Documents per minute.") var rate = 120.0
    @Option(help: "What every choice of the stand-ins hangs on.") var seed: UInt64 = 1
    @Option(
        help: "Folder for databases and logs; kept. Else a temporary one, kept only if something is wrong.")
    var folder: String?

    func validate() throws {
        guard (documents ?? 1) > 0 else { throw ValidationError("--documents has to be at least 1.") }
        _ = try bound()
        guard rate > 0, rate <= 60_000 else { throw ValidationError("--rate is between 0 and 60000.") }
    }

    /// `--documents`, else DEMO_DOCUMENTS; nil for a day without end.
    private func bound() throws -> Int? {
        guard documents == nil, let text = ProcessInfo.processInfo.environment["DEMO_DOCUMENTS"], text != ""
        else { return documents }
        guard let count = Int(text), count > 0 else {
            throw ValidationError("DEMO_DOCUMENTS has to be a number, and at least 1.")
        }
        return count
    }

    static func main() async { await Program.run(MLDemo.self) }

    func run() async throws {
        let asked = try bound()
        let chainFolder = try ChainFolder(path: folder)
        let view = LiveView()
        let verdict: Verdict
        do {
            verdict = try await judge(in: chainFolder, documents: asked, view: view)
        } catch is Interruptions.Stopped {
            if folder == nil { chainFolder.remove() }
            view.note("stopped; nothing was judged")
            throw ExitCode(130)
        } catch {
            throw CommandFailure(
                String(describing: error), remedy: "Databases and logs are in \(chainFolder.path).")
        }
        print(view.table(verdict), terminator: "")
        guard verdict.isClean else {
            (verdict.lost + verdict.doubled + verdict.invented).prefix(20).forEach { print("  \($0)") }
            throw CommandFailure(
                "\(verdict.lost.count) lost, \(verdict.doubled.count) doubled, \(verdict.invented.count) wrong or invented.",
                remedy: "Databases and logs are in \(chainFolder.path).")
        }
        if folder == nil { chainFolder.remove() }
    }

    /// Plays the day, and ends it at the first signal.
    private func judge(in folder: ChainFolder, documents: Int?, view: LiveView) async throws -> Verdict {
        var settings = ChainSettings()
        settings.seed = seed
        settings.outlivesCtrlC = true
        let programs = try ChainPrograms()
        let interruptions = Interruptions()
        return try await withThrowingTaskGroup(of: Verdict?.self) { [rate, settings] group in
            group.addTask {
                try await interruptions.listen()
                return nil
            }
            group.addTask {
                try await interruptions.watchReader()
                return nil
            }
            group.addTask {
                try await Chain.run(
                    folder: folder, settings: settings, programs: programs, note: view.note
                ) { chain in
                    try await DemoDay(
                        chain: chain, documents: documents, rate: rate, view: view,
                        interruptions: interruptions
                    ).play()
                }
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }
}
