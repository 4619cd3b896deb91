internal import Synchronization

/// Notices that the wall clock was set (facts/send.md L4): every wait would seem shorter than it was.
///
/// It compares with the monotonic clock. What was set while the process did not run, nobody sees.
final class ClockWatch: Sendable {
    private struct State {
        var offset: Duration?
        var jump: Duration?
    }
    private let state = Mutex(State())

    /// By how much the wall clock was set, ahead or back, since ``settle(_:)`` was told; nil where it ran on.
    func jump(of clock: RelayClock, tolerance: Duration) -> Duration? {
        let offset = clock.now.since(Moment(milliseconds: 0)) - clock.monotonic
        return state.withLock { state in
            let drift = offset - (state.offset ?? offset)
            // A slow drift, which the time service corrects, is no setting: the anchor follows it.
            state.offset = offset
            if drift > tolerance || drift < .zero - tolerance { state.jump = (state.jump ?? .zero) + drift }
            return state.jump
        }
    }

    /// What waited waits again by the new time; a setting that came meanwhile is still to be dealt with.
    func settle(_ jump: Duration) {
        state.withLock { if $0.jump == jump { $0.jump = nil } }
    }
}
