import Foundation
import WholeChain

/// A running day under a plan of blows.
struct ChaosDay: Sendable {
    let chain: Chain
    let plan: ChaosPlan

    /// How often each blow fell.
    struct Report: Sendable, CustomStringConvertible {
        var counts: [ChaosPlan.Blow: Int] = [:]
        /// How often a person had to let the agent log on again: after two attempts whose outcome a kill hid the
        /// logon gate closes, as it has to (DESIGN 4.6).
        var gatesOpened = 0

        var description: String {
            (counts.map { "\($0.key) \($0.value)" }.sorted() + ["logon gates opened by hand \(gatesOpened)"])
                .joined(separator: ", ")
        }
    }

    /// Plays the day to its end under all blows, then lets everything settle.
    func play() async throws -> Report {
        try await chain.waitForFirstPoll()
        try await chain.startDay(documents: nil, perMinute: Double(plan.documentsPerMinute))
        let clock = ContinuousClock()
        let start = clock.now
        var report = Report()
        for moment in plan.moments {
            let due = start.advanced(by: moment.at)
            if clock.now < due { try await clock.sleep(until: due) }
            try await strike(moment, &report)
            report.counts[moment.blow, default: 0] += 1
        }
        if try await chain.openClosedGate() { report.gatesOpened += 1 }
        try await chain.stopDay()
        try await chain.wait(for: "the end of the day", within: .seconds(30)) {
            try await !chain.dayProgress().isRunning
        }
        return report
    }

    private func strike(_ moment: ChaosPlan.Moment, _ report: inout Report) async throws {
        switch moment.blow {
        case .killRelay:
            try await chain.relay.kill()
            try await ContinuousClock().sleep(for: moment.away)
            try await chain.relay.start()
        case .killAgent:
            try await chain.agent.kill()
            try await ContinuousClock().sleep(for: moment.away)
            try await chain.agent.start()
        case .killWorker:
            // Not at the first moment at which a worker is seen: that one is always in its logon.
            let clock = ContinuousClock()
            let end = clock.now.advanced(by: .seconds(60))
            while true {
                try await clock.sleep(for: .milliseconds(Int64(moment.pick % 400)))
                let workers = try chain.rfcWorkers()
                if !workers.isEmpty, kill(workers[Int(moment.pick % UInt64(workers.count))], SIGKILL) == 0 {
                    return
                }
                if try await chain.openClosedGate() { report.gatesOpened += 1 }
                guard clock.now < end else { throw ChainError.overdue(what: "a running RFC worker") }
            }
        case .copySpool:
            try await chain.agent.kill()
            try chain.copySpool()
            try await chain.agent.start()
        case .deleteSpool:
            try await chain.agent.kill()
            try chain.deleteSpool()
            try await chain.agent.start()
        case .restoreSpool:
            try await chain.agent.kill()
            try chain.restoreSpool()
            try await chain.agent.start()
        }
    }

    /// The verdict as soon as `isSettled` says so, or after `deadline` as it is then.
    func settled(
        within deadline: Duration, _ isSettled: @Sendable (Verdict) -> Bool,
    ) async throws -> Verdict {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: deadline)
        while true {
            let verdict = try await chain.verdict()
            if isSettled(verdict) || clock.now >= end { return verdict }
            try await clock.sleep(for: .seconds(1))
        }
    }
}
