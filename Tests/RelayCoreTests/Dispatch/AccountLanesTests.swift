import Messaging
import Testing

@testable import RelayCore

@Suite("An account that does not answer")
struct AccountLanesTests {
    @Test("rests once for all requests that were under way, and longer only after it was tried again")
    func restsOnce() {
        let lanes = AccountLanes(times: SendTimes())
        var now = Moment(milliseconds: 0)
        var ends: [Moment] = []
        for _ in 0..<13 {
            if case .dead(let until, _) = lanes.judge(.silent, account: "a", now: now) { ends.append(until) }
        }
        #expect(ends == [now + .seconds(15)])
        now = now + .seconds(16)
        #expect(
            lanes.judge(.silent, account: "a", now: now)
                == .dead(until: now + .seconds(30), reason: "It does not answer."))
        #expect(lanes.judge(.refused(code: "20003"), account: "a", now: now) == .unchanged)
        #expect(lanes.judge(.well, account: "a", now: now) == .ready)
        #expect(lanes.judge(.silent, account: "a", now: now) == .unchanged)
    }

    @Test("is not ready because a message was withheld before it was asked", arguments: ["late", "withheld"])
    func withheld(reason: String) {
        let lanes = AccountLanes(times: SendTimes())
        let now = Moment(milliseconds: 0)
        for _ in 0..<4 { _ = lanes.judge(.silent, account: "a", now: now) }
        let report = SendReport(.notLeft(reason: reason))
        #expect(lanes.judge(DispatchLoop.health(report), account: "a", now: now) == .unchanged)
        #expect(
            lanes.judge(.silent, account: "a", now: now)
                == .dead(until: now + .seconds(15), reason: "It does not answer."))
    }
}
