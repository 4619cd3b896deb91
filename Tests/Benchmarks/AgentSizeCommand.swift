import ArgumentParser
import Foundation
import Programs
import WholeChain

/// Size on disk and resident memory of an agent that is paired and has nothing to do.
struct AgentSizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent-size",
        abstract: "Print size on disk and resident memory of an idle agent; fails when it is too big.")

    /// What the agent may take on the customer's host: on disk, stripped and with the Swift library inside, and
    /// resident, its RFC workers aside.
    private static let diskLimitBytes: Int64 = 25_000_000
    private static let residentLimitBytes: Int64 = 30_000_000
    private static let startLength: Duration = .seconds(15)

    @Option(help: "The agent as it ships.") var agent: String
    @Option(help: "How long it is watched.") var seconds = 60

    func validate() throws {
        guard seconds > 0 else { throw ValidationError("--seconds is at least 1.") }
    }

    func run() async throws {
        let path = URL(fileURLWithPath: agent).path
        let programs = try ChainPrograms(agent: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let disk = (attributes[.size] as? NSNumber)?.int64Value ?? 0
        var settings = ChainSettings()
        settings.pollSeconds = nil
        let seconds = seconds
        let progress = ProgressLine()
        let resident = try await KeptFolder.use { [settings] folder in
            try await Chain.run(
                folder: folder, settings: settings, programs: programs, note: { progress.update($0) }
            ) { chain in
                try await chain.waitForFirstPoll()
                // Its start is not over with the first poll: it lets go of what only the start needed.
                try await ContinuousClock().sleep(for: Self.startLength)
                progress.update("watching the idle agent for \(seconds) s")
                return try await Self.largestResident(chain, seconds: seconds)
            }
        }
        progress.finish("measured")
        var table = TextTable([
            .init("idle agent"), .init("measured", isNumber: true), .init("limit", isNumber: true),
        ])
        table.add(["on disk, stripped", Self.megabytes(disk), Self.megabytes(Self.diskLimitBytes)])
        table.add(["resident (VmRSS)", Self.megabytes(resident), Self.megabytes(Self.residentLimitBytes)])
        print(table.text, terminator: "")
        guard disk <= Self.diskLimitBytes, resident <= Self.residentLimitBytes else {
            throw CommandFailure(
                "The agent is bigger than it may be.",
                remedy: "Look for what the last change imports: a linker map names the modules.")
        }
    }

    private static func largestResident(_ chain: Chain, seconds: Int) async throws -> Int64 {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(seconds))
        var largest: Int64 = 0
        while clock.now < end {
            guard let process = chain.agent.processIdentifier, let bytes = residentBytes(process) else {
                throw BenchmarkError.wrong("the agent ended; its log is \(chain.agent.logFile)")
            }
            largest = max(largest, bytes)
            try await clock.sleep(for: .milliseconds(500))
        }
        return largest
    }

    /// VmRSS of a process; nil for one that is gone.
    private static func residentBytes(_ process: Int32) -> Int64? {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else {
            return nil
        }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int64($0.filter(\.isNumber)) }.map { $0 * 1_024 }
    }

    private static func megabytes(_ bytes: Int64) -> String {
        String(format: "%.1f MB", Double(bytes) / 1e6)
    }
}
