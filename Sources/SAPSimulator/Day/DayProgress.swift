import Synchronization

/// How far the days that were asked for have come.
final class DayProgress: Sendable {
    /// What `GET /day` answers.
    struct Report: Codable, Hashable, Sendable {
        /// Steps played so far: documents, and changes of documents.
        var played = 0
        /// Whether a day is being played, or waits for its turn.
        var isRunning = false
    }

    private struct State {
        var played = 0
        var days = 0
        var isToStop = false
    }

    private let state = Mutex(State())

    /// The state at this moment.
    var report: Report { state.withLock { Report(played: $0.played, isRunning: $0.days > 0) } }

    /// A day was asked for, and begins as soon as those before it are over.
    func begin() { state.withLock { $0.days += 1 } }

    /// The running day is to end before its next step; those behind it have their turn.
    func askToStop() { state.withLock { $0.isToStop = $0.days > 0 } }

    /// Whether the running day is to end.
    var isToStop: Bool { state.withLock { $0.isToStop } }

    /// One more step is committed.
    func step() { state.withLock { $0.played += 1 } }

    /// A day is over.
    func end() {
        state.withLock { state in
            state.days -= 1
            state.isToStop = false
        }
    }
}
