import Foundation
import WholeChain

/// What a run came to, and what of it was not reached.
struct ChaosResult: Sendable, CustomStringConvertible {
    let plan: ChaosPlan
    let faults: FaultCounts
    let verdict: Verdict
    /// Notifications that stand as unconfirmed.
    let open: [OpenEnd]

    /// Faults that nothing met, and open ends that say nothing of themselves.
    ///
    /// A run that was spared proves nothing; a blow that does not fall has ended it already.
    var problems: [String] {
        let unmet = plan.isWhole ? faults.unmet.map { "\($0): never met" } : []
        return unmet + open.filter { !$0.isEvident }.map { "\($0.id): unconfirmed without evidence" }
    }

    var description: String {
        "\(verdict.documents) documents, \(verdict.facts) facts, \(verdict.journaled) journaled, "
            + "\(verdict.notifications) notifications, \(verdict.accepted) accepted, "
            + "\(verdict.delivered) delivered, \(verdict.unconfirmed) unconfirmed; SAP commit to Twilio: "
            + "p50 \(verdict.latency(0.5) ?? 0) ms, p99 \(verdict.latency(0.99) ?? 0) ms"
    }
}

/// How often each fault of Twilio's stand-in was met.
struct FaultCounts: Sendable, CustomStringConvertible {
    private let counts: [(kind: String, count: Int)]

    /// Asks the stand-in, before its plan is replaced.
    init(_ chain: Chain) async throws {
        struct Answer: Decodable {
            struct Fault: Decodable { let kind: String }
            let faults: [Fault]
            let used: [Int]
        }
        let answer = try JSONDecoder().decode(Answer.self, from: await chain.twilioControl.get("/faults"))
        counts = zip(answer.faults, answer.used).map { ($0.kind, $1) }
    }

    var unmet: [String] { counts.filter { $0.count == 0 }.map(\.kind) }

    var description: String { counts.map { "\($0.kind) \($0.count)" }.joined(separator: ", ") }
}

/// A notification of which nobody can say whether the provider took it.
struct OpenEnd: Sendable {
    let id: String
    /// Whether it shows what was tried, with its open outcome.
    let isEvident: Bool

    static func all(of chain: Chain) async throws -> [OpenEnd] {
        struct Summary: Decodable { let notification: String }
        struct Detail: Decodable {
            struct Attempt: Decodable {
                let result: String
                let outcome: String?
                let waitUntil: String
            }
            struct State: Decodable { let state: String }
            let summary: State
            let attempts: [Attempt]
        }
        let list = try await chain.relayCommand([
            "notifications", "list", "--state", "unconfirmed", "--limit", "1000000", "--json",
        ])
        var ends: [OpenEnd] = []
        for one in try JSONDecoder().decode([Summary].self, from: Data(list.utf8)) {
            let text = try await chain.relayCommand(["notifications", "show", one.notification, "--json"])
            let detail = try JSONDecoder().decode(Detail.self, from: Data(text.utf8))
            guard detail.summary.state == "unconfirmed" else { continue }  // proved since it was listed
            ends.append(
                OpenEnd(id: one.notification, isEvident: detail.attempts.contains { $0.result == "open" }))
        }
        return ends
    }
}
