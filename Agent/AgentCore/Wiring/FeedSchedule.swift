/// When a feed has its next turn, and whether its state is worth a line; decides, and does nothing itself.
///
/// A failure that stays the same is one line, however often it comes (STYLE rule 35).
package struct FeedSchedule: Equatable, Sendable {
    /// What to do after a turn.
    package struct Step: Equatable, Sendable {
        /// Until the next turn.
        package let wait: Duration
        /// Whether the state is another than before.
        package let isChange: Bool
    }

    private let interval: Duration
    private var state: String?
    private var failures = 0
    /// Failing longer than this is asked for no more rarely: a person who has mended SAP does not wait long.
    private static let longestWait: Duration = .seconds(120)

    /// - Parameter interval: between the ends of two polls.
    package init(interval: Duration) { self.interval = interval }

    /// Takes how a turn went.
    /// - Parameter jitter: 0 to 1; feeds that failed together do not come back together.
    package mutating func take(_ health: FeedHealth, jitter: Double) -> Step {
        let name = Self.name(health)
        defer { state = name }
        let isChange = name != state
        switch health {
        case .polled:
            failures = 0
            return Step(wait: interval, isChange: isChange)
        case .stopped(let reason):
            failures = 0
            return Step(wait: wait(for: reason), isChange: isChange)
        case .failed:
            failures += 1
            let doubled = Duration.seconds(1) * (1 << min(failures - 1, 10))
            return Step(wait: min(doubled, Self.longestWait) * (0.5 + jitter / 2), isChange: isChange)
        }
    }

    /// Reasons that only the spool is asked about are looked at again soon; the others cost SAP a logon.
    private func wait(for reason: FeedStop) -> Duration {
        switch reason {
        case .noLease, .coverageUnknown: min(interval, .milliseconds(500))
        case .spoolFull, .gateClosed: min(interval, .seconds(5))
        case .notProduction, .systemChanged: max(interval, .seconds(30))
        }
    }

    private static func name(_ health: FeedHealth) -> String {
        switch health {
        case .polled: "polled"
        case .stopped(let reason): reason.rawValue
        // How a connection fails changes from try to try; that there is none is one state.
        case .failed(DetectionErrorClass.unavailable, _): DetectionErrorClass.unavailable
        case .failed(let errorClass, let sentence): "\(errorClass) \(sentence)"
        }
    }
}
