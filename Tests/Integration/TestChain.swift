import Foundation
import Synchronization
import Testing
import WholeChain

/// Runs a chain for one test, in a folder that is removed when the test passes and named when it does not.
enum TestChain {
    static func run(
        seed: UInt64, _ change: (inout ChainSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (Chain) async throws -> Void,
    ) async throws {
        var settings = ChainSettings()
        settings.seed = seed
        settings.pollSeconds = 1
        change(&settings)
        let folder = try ChainFolder()
        let issues = IssueFlag()
        do {
            try await IssueFlag.$current.withValue(issues) {
                try await Chain.run(folder: folder, settings: settings, programs: try ChainPrograms()) {
                    chain in
                    try await chain.waitForFirstPoll()
                    try await body(chain)
                }
            }
        } catch {
            throw Failed(error: error, folder: folder.path)
        }
        if issues.isRaised { print("databases and logs: \(folder.path)") } else { folder.remove() }
    }

    /// A chain that did not come to its end.
    private struct Failed: Error, CustomStringConvertible {
        let error: any Error
        let folder: String
        var description: String { "\(error); databases and logs: \(folder)" }
    }
}

/// Whether an issue was recorded while a chain ran: its files are the evidence then.
final class IssueFlag: Sendable {
    @TaskLocal static var current: IssueFlag?
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}

extension Trait where Self == IssueHandlingTrait {
    /// Keeps the files of the chain that ran when an issue was recorded.
    static var keepsEvidence: Self {
        .compactMapIssues { issue in
            IssueFlag.current?.raise()
            return issue
        }
    }
}

extension Chain {
    /// Plays so many documents fast, to their end.
    func play(_ documents: Int) async throws {
        try await startDay(documents: documents, perMinute: 1_200)
        try await wait(for: "the end of the day", within: .seconds(60)) {
            try await !dayProgress().isRunning
        }
    }

    /// Waits until everything that SAP committed is told and delivered, once.
    func waitUntilClean(within deadline: Duration = .seconds(90)) async throws -> Verdict {
        try await wait(for: "a clean verdict", within: deadline, every: .milliseconds(500)) {
            let verdict = try await self.verdict()
            return verdict.isClean && verdict.notifications > 0
                && verdict.delivered == verdict.notifications
        }
        return try await verdict()
    }

    /// What `ml-agent status --json` says, as far as these tests look.
    func agentStatus() async throws -> AgentStatusSummary {
        try JSONDecoder().decode(
            AgentStatusSummary.self, from: Data(try await agentCommand(["status", "--json"]).utf8))
    }
}

/// Parts of the agent's status.
struct AgentStatusSummary: Decodable {
    struct Gate: Decodable { let isClosed: Bool }
    struct Key: Decodable {
        let document: String
        let reason: String
    }
    struct Link: Decodable { let problem: String? }
    struct Feed: Decodable {
        let feed: String
        let errorClass: String?
    }
    let gates: [Gate]
    let pending: [Key]
    let link: Link
    let feeds: [Feed]
}
