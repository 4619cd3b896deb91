internal import Synchronization
package import Values

/// The relay's clock as the agent has learned it from answers (DESIGN.md 5).
///
/// Signatures and events carry this time, so a host whose clock is years wrong still works. Each answer says that
/// the relay's clock was ahead of ours by something between two bounds: it was read after the request left and
/// before the answer came. What is known stays as long as it lies between them.
package final class RelayTime: Sendable {
    private let host: HostClock
    /// Milliseconds that the relay's clock is ahead of the host's; nil before anything was heard.
    private let known: Mutex<Int64?>
    /// Answers that took longer say little: of them the later bound is taken.
    private let shortRequest: Int64 = 5_000

    /// - Parameter ahead: what an earlier process knew (`Spool.relayAhead()`).
    package init(host: HostClock, ahead: Duration? = nil) {
        self.host = host
        known = Mutex(ahead?.milliseconds)
    }

    /// Whether anything was learned.
    package var isKnown: Bool { known.withLock { $0 != nil } }

    /// How far the relay's clock is ahead of the host's; zero before anything was heard.
    package var ahead: Duration { .milliseconds(known.withLock { $0 ?? 0 }) }

    /// The relay's time now; the host's before anything was heard.
    package var now: Timestamp { Timestamp(milliseconds: host.now + known.withLock { $0 ?? 0 }) }

    /// Learns from an answer.
    /// - Parameters:
    ///   - relay: the time that the answer states.
    ///   - sentAt: the host's clock when the request left, milliseconds.
    package func learn(_ relay: Timestamp, sentAt: Int64) {
        let lowest = relay.milliseconds - max(host.now, sentAt)
        let highest = relay.milliseconds - sentAt
        known.withLock { known in
            if let ahead = known, lowest <= ahead, ahead <= highest { return }
            known = highest - lowest <= shortRequest ? lowest + (highest - lowest) / 2 : lowest
        }
    }

    /// The host's clock, for who has to say when a request left.
    var hostNow: Int64 { host.now }
}
