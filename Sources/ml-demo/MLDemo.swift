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
        var settings = ChainSettings()
        settings.seed = seed
        let view = LiveView()
        let rate = rate
        let verdict = try await Chain.run(
            folder: chainFolder, settings: settings, programs: try ChainPrograms(), note: view.note
        ) { chain in
            try await DemoDay(chain: chain, documents: asked, rate: rate, view: view).play()
        }
        print(view.table(verdict))
        guard verdict.isClean else {
            (verdict.lost + verdict.doubled + verdict.invented).prefix(20).forEach { print("  \($0)") }
            throw CommandFailure(
                "\(verdict.lost.count) lost, \(verdict.doubled.count) doubled, \(verdict.invented.count) invented.",
                remedy: "Databases and logs are in \(chainFolder.path).")
        }
        if folder == nil { chainFolder.remove() }
    }
}
