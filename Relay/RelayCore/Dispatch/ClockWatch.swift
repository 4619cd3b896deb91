internal import Synchronization

/// Notices that the wall clock was set (facts/send.md L4): every wait would seem shorter than it was.
///
/// What was open then has waited for long enough when a whole wait has passed by the monotonic clock.
final class ClockWatch: Sendable {
    private struct State {
        var offset: Duration?
        var stoppedUntil: Duration?
        var wasSetNow = false
    }
    private let state = Mutex(State())

    /// Whether the last call found the clock set.
    var wasSetNow: Bool { state.withLock { $0.wasSetNow } }

    /// Whether what is `unconfirmed` may be sent again now.
    func mayResend(_ clock: RelayClock, times: SendTimes) -> Bool {
        let monotonic = clock.monotonic
        let offset = clock.now.since(Moment(milliseconds: 0)) - monotonic
        return state.withLock { state in
            let before = state.offset ?? offset
            let drift = offset > before ? offset - before : before - offset
            state.wasSetNow = drift > times.clockTolerance
            // A slow drift, which the time service corrects, is no setting: the anchor follows it.
            state.offset = offset
            if state.wasSetNow {
                let wait = times.sendLease + times.validity + max(times.listLag, times.mailProofWait)
                state.stoppedUntil = monotonic + wait
            }
            guard let until = state.stoppedUntil else { return true }
            if monotonic >= until { state.stoppedUntil = nil }
            return monotonic >= until
        }
    }
}
