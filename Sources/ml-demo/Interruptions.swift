import Foundation
import Programs
import Synchronization
import UnixSignals

/// What Ctrl-C, and a terminal or pipe that goes away, mean while the demo runs.
final class Interruptions: Sendable {
    /// Ends the demo without a verdict.
    struct Stopped: Error {}

    private let canEndDay = Mutex(false)
    private let ends: AsyncStream<Never>
    private let end: AsyncStream<Never>.Continuation

    init() { (ends, end) = AsyncStream.makeStream() }

    /// Listens until it is cancelled.
    /// - Throws: ``Stopped`` at a signal when no day goes on that it could end: before it, and from the second on.
    func listen() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigquit) {
            guard canEndDay.withLock({ $0.exchanged(for: false) }) else { throw Stopped() }
            end.finish()
        }
    }

    /// Watches until it is cancelled whether somebody still reads what is shown.
    /// - Throws: ``Stopped`` when nobody does.
    func watchReader() async throws {
        // A line that nobody takes must not end this program before those that it started.
        signal(SIGPIPE, SIG_IGN)
        while StandardOutput.hasReader { try await ContinuousClock().sleep(for: .milliseconds(500)) }
        throw Stopped()
    }

    /// From now on the first signal ends the day, and not the demo.
    func dayBegins() { canEndDay.withLock { $0 = true } }

    /// The day is over by itself.
    func dayIsOver() { canEndDay.withLock { $0 = false } }

    /// Waits until a signal ends the day, or the task is cancelled.
    func untilDayIsToEnd() async { for await _ in ends {} }
}

extension Bool {
    /// Takes the new value and gives the old one.
    fileprivate mutating func exchanged(for value: Bool) -> Bool {
        defer { self = value }
        return self
    }
}
