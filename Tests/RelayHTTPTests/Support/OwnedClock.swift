import RelayCore
import Synchronization

/// The relay's clock in a test's hand.
final class OwnedClock: Sendable {
    private let time: Mutex<Moment>

    init(_ start: Moment) { time = Mutex(start) }

    var now: Moment { time.withLock { $0 } }

    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }

    var relayClock: RelayClock {
        RelayClock(now: { self.now }, monotonic: { .milliseconds(self.now.milliseconds) })
    }
}
