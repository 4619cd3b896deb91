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

    @Test("L4: a clock set ahead or back is noticed, and stands until it is dealt with")
    func set() {
        let tolerance = SendTimes().clockTolerance
        for jump in [3_600, -3_600, 6, -6] {
            let hands = Hands()
            let watch = ClockWatch()
            #expect(watch.jump(of: hands.clock, tolerance: tolerance) == nil)
            hands.move(wall: .seconds(100), monotonic: .seconds(100))
            #expect(watch.jump(of: hands.clock, tolerance: tolerance) == nil)
            hands.move(wall: .seconds(jump), monotonic: .zero)
            #expect(watch.jump(of: hands.clock, tolerance: tolerance) == .seconds(jump))
            hands.move(wall: .seconds(10), monotonic: .seconds(10))
            #expect(watch.jump(of: hands.clock, tolerance: tolerance) == .seconds(jump))
            // Set again while the first is dealt with: that one is still to come.
            hands.move(wall: .seconds(60), monotonic: .zero)
            #expect(watch.jump(of: hands.clock, tolerance: tolerance) == .seconds(jump + 60))
            watch.settle(.seconds(jump))
            #expect(watch.jump(of: hands.clock, tolerance: tolerance) == .seconds(jump + 60))
            watch.settle(.seconds(jump + 60))
            #expect(watch.jump(of: hands.clock, tolerance: tolerance) == nil)
        }
    }

    @Test("A slow drift that a time service corrects is no setting")
    func drift() {
        let hands = Hands()
        let watch = ClockWatch()
        for _ in 0..<100 {
            hands.move(wall: .seconds(12), monotonic: .seconds(10))
            #expect(watch.jump(of: hands.clock, tolerance: .seconds(5)) == nil)
        }
    }
}
