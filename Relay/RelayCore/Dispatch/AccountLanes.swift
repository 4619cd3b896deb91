internal import Synchronization

/// How many requests are under way per account, and which accounts rest: so that one that is slow, limited or
/// dead holds no other up.
final class AccountLanes: Sendable {
    private struct Lane {
        var underWay = 0
        var failures = 0
        var openings = 0
        var restsUntil: Moment?
        /// While it is dead: what began before says nothing new, and must not lengthen the rest.
        var deadUntil: Moment?
    }
    /// What an outcome says about its account.
    enum Health: Sendable {
        /// It answered.
        case well
        /// It asked for fewer requests.
        case pace(Duration)
        /// It gave no answer, or none that says anything.
        case silent
        /// It refused the account as a whole.
        case refused(code: String)
        /// It was not asked.
        case unasked
    }
    /// What becomes of the account's row.
    enum Verdict: Sendable, Equatable {
        case unchanged
        case ready
        case dead(until: Moment, reason: String)
    }
    private let lanes = Mutex<[String: Lane]>([:])
    private let times: SendTimes

    init(times: SendTimes) { self.times = times }

    /// How many more may begin; an account that was dead is tried with one.
    func free(_ account: ProviderAccount, now: Moment) -> Int {
        lanes.withLock { lanes in
            let lane = lanes[account.name] ?? Lane()
            // No rest is longer than the limit: one that seems so is by a clock that was set back since.
            if let rest = lane.restsUntil, rest > now, rest <= now + times.retryAfterLimit { return 0 }
            if account.isDead {
                guard !rests(until: account.deadUntil, now), lane.underWay == 0 else { return 0 }
                return 1
            }
            return max(0, times.concurrency - lane.underWay)
        }
    }

    private func rests(until end: Moment?, _ now: Moment) -> Bool {
        end.map { $0 > now && $0 <= now + max(times.backoffLimit, times.breakerRest) } ?? false
    }

    func began(_ account: String) {
        lanes.withLock { $0[account, default: Lane()].underWay += 1 }
    }

    func ended(_ account: String) {
        lanes.withLock { $0[account, default: Lane()].underWay -= 1 }
    }

    /// Counts an outcome and says what it means for the account's row.
    func judge(_ health: Health, account: String, now: Moment) -> Verdict {
        lanes.withLock { lanes in
            var lane = lanes[account] ?? Lane()
            defer { lanes[account] = lane }
            switch health {
            case .unasked: return .unchanged
            case .well:
                lane.failures = 0
                lane.openings = 0
                lane.deadUntil = nil
                return .ready
            case .pace(let rest):
                lane.failures = 0
                lane.restsUntil = now + min(rest, times.retryAfterLimit)
                return .ready
            case .silent, .refused:
                if rests(until: lane.deadUntil, now) { return .unchanged }
                if case .refused(let code) = health {
                    return open(&lane, reason: "It refuses with code \(code).", now: now)
                }
                lane.failures += 1
                guard lane.failures >= times.breakerLimit || lane.openings > 0 else { return .unchanged }
                return open(&lane, reason: "It does not answer.", now: now)
            }
        }
    }

    private func open(_ lane: inout Lane, reason: String, now: Moment) -> Verdict {
        let rest = min(times.backoffLimit, times.breakerRest * (1 << min(lane.openings, 10)))
        lane.openings += 1
        lane.failures = 0
        lane.deadUntil = now + rest
        return .dead(until: now + rest, reason: reason)
    }
}
