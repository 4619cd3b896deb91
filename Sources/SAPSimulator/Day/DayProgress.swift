import Synchronization

/// How far the days that were asked for have come.
final class DayProgress: Sendable {
    /// What `GET /day` answers.
    struct Report: Codable, Hashable, Sendable {
        /// Steps played so far: documents, and changes of documents.
        var played = 0
        /// Whether a day is being played.
        var isRunning = false
    }

    private let state = Mutex(Report())
    private let stop = Mutex(false)

    /// The state at this moment.
    var report: Report { state.withLock { $0 } }

    /// A day was asked for, and begins as soon as those before it are over.
    func begin() {
        stop.withLock { $0 = false }
        state.withLock { $0.isRunning = true }
    }

    /// The running day is to end before its next step.
    func askToStop() { stop.withLock { $0 = true } }

    /// Whether the running day is to end.
    var isToStop: Bool { stop.withLock { $0 } }

    /// One more step is committed.
    func step() { state.withLock { $0.played += 1 } }

    /// A day is over.
    func end() { state.withLock { $0.isRunning = false } }
}
