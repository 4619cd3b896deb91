import Synchronization
import Testing

@testable import RelayCore

@Suite("A wall clock that is set")
struct ClockWatchTests {
    private final class Hands: Sendable {
        let state = Mutex((wall: Moment(milliseconds: 1_000_000), monotonic: Duration.zero))
        var clock: RelayClock {
            RelayClock(
                now: { self.state.withLock { $0.wall } }, monotonic: { self.state.withLock { $0.monotonic } })
        }
        func move(wall: Duration, monotonic: Duration) {
            state.withLock { $0 = ($0.wall + wall, $0.monotonic + monotonic) }
        }
    }

    @Test("L4: a clock set ahead or back stops second sends for a whole wait by the monotonic clock")
    func set() {
        let times = SendTimes()
        for jump in [3_600, -3_600] {
            let hands = Hands()
            let watch = ClockWatch()
            #expect(watch.mayResend(hands.clock, times: times))
            hands.move(wall: .seconds(100), monotonic: .seconds(100))
            #expect(watch.mayResend(hands.clock, times: times))
            hands.move(wall: .seconds(jump), monotonic: .seconds(1))
            #expect(!watch.mayResend(hands.clock, times: times))
            #expect(watch.wasSetNow)
            hands.move(wall: .seconds(1_889), monotonic: .seconds(1_889))
            #expect(!watch.mayResend(hands.clock, times: times))
            #expect(!watch.wasSetNow)
            hands.move(wall: .seconds(1), monotonic: .seconds(1))
            #expect(watch.mayResend(hands.clock, times: times))
        }
    }

    @Test("A slow drift that a time service corrects is no setting")
    func drift() {
        let hands = Hands()
        let watch = ClockWatch()
        for _ in 0..<100 {
            hands.move(wall: .seconds(12), monotonic: .seconds(10))
            #expect(watch.mayResend(hands.clock, times: SendTimes()))
        }
    }
}
