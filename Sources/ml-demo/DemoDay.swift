import Foundation
import UnixSignals
import WholeChain

/// One day of the demo: start, watch, wait until everything has settled.
struct DemoDay: Sendable {
    let chain: Chain
    /// Nil: until Ctrl-C.
    let documents: Int?
    let rate: Double
    let view: LiveView

    func play() async throws -> Verdict {
        view.note("waiting for the agent's first poll")
        try await chain.waitForFirstPoll()
        try await chain.startDay(documents: documents, perMinute: rate)
        if documents == nil { view.invite(chain) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch() }
            if documents == nil {
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
                }
            } else {
                group.addTask { try await dayIsOver() }
            }
            try await group.next()
            group.cancelAll()
        }
        if documents == nil { try await chain.stopDay() }
        view.note("waiting until everything has settled")
        return try await settled()
    }

    private func watch() async throws {
        while true {
            view.show(try await chain.latestNotifications(), progress: try await chain.dayProgress())
            try await ContinuousClock().sleep(for: .milliseconds(700))
        }
    }

    private func dayIsOver() async throws {
        while try await chain.dayProgress().isRunning {
            try await ContinuousClock().sleep(for: .milliseconds(300))
        }
    }

    /// The verdict as soon as it is good and every delivery has ended, or after two minutes as it is then.
    private func settled() async throws -> Verdict {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(120))
        while true {
            let verdict = try await chain.verdict()
            view.show(try await chain.latestNotifications(), progress: try await chain.dayProgress())
            let isSettled = verdict.isClean && verdict.delivered == verdict.notifications
            if isSettled || clock.now >= end { return verdict }
            try await clock.sleep(for: .seconds(1))
        }
    }
}
