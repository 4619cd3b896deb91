/// Rows 14 (e-mail) and 16 to 19: what time, stops and suppressions do.
extension NotificationState {
    /// What the present moment decides by itself.
    ///
    /// Asked by the sweep, and after each step, so that no state stands that another row already ends. The
    /// deadline ends what is `scheduled` also while the tenant is paused (facts/send.md F19).
    package mutating func settle(now: Moment, times: SendTimes) -> [NotificationEffect] {
        switch stage {
        case .scheduled, .held, .collecting, .awaitingRecipient: settleUnsent(now: now)
        case .sending: leaseRanOut(now: now, times: times)
        case .unconfirmed where personSince == nil: settleUnconfirmed(now: now, times: times)
        default: []
        }
    }

    /// Row 18; invariant I makes these ends true.
    private mutating func settleUnsent(now: Moment) -> [NotificationEffect] {
        guard !recovered, allClosed else { return [] }
        if let stop {
            end(stop == .noMore ? .failed : .cancelled, at: now)
            return [.audit(stage.rawValue, ["stop": stop.rawValue])]
        }
        if now >= deadlineAt {
            let nobodyFound = stage == .awaitingRecipient
            // What is known better stays: a recipient without a sender, a text that cannot be made.
            if nobodyFound, trouble.code == nil {
                trouble = Trouble(
                    code: "no_recipient", kind: .recipient,
                    text: "Nobody was found to tell. Complete the vendor or user in SAP, or the mapping.")
            }
            end(nobodyFound ? .failed : .expired, at: now)
            return [.audit(stage.rawValue, ["deadline": deadlineAt.description])]
        }
        if stage == .scheduled, attempt >= attemptLimit {
            end(.failed, at: now)
            return [.audit("failed", ["attempts": "\(attempt)"])]
        }
        return []
    }

    /// Rows 14 for e-mail, 16 and 17.
    private mutating func settleUnconfirmed(now: Moment, times: SendTimes) -> [NotificationEffect] {
        if mayResend {
            // An attempt is open: never cancelled, expired or failed.
            if stop != nil { return giveToPerson("stopped", now: now) }
            if now >= deadlineAt { return giveToPerson("deadline", now: now) }
            if attempt >= attemptLimit { return giveToPerson("attempts_used_up", now: now) }
            return []
        }
        guard let waitUntil, now > waitUntil, isUpToDate else { return [] }
        if !isListed { return nothingFound(now: now, times: times) }
        // The net under a list that is never answered, or never asked.
        guard now >= deadlineAt + times.lookupRetry * 2, now >= waitUntil + times.lookupRetry * 2 else {
            return []
        }
        return giveToPerson("deadline", now: now)
    }

    /// Row 18, and row 16 for what is open: the recipient does not want messages of this sender.
    package mutating func suppress(now: Moment) -> [NotificationEffect] {
        switch stage {
        case .scheduled, .held, .collecting, .awaitingRecipient:
            guard !recovered, allClosed else { return [] }
            end(.suppressed, at: now)
            return [.audit("suppressed", [:])]
        case .unconfirmed where mayResend && personSince == nil:
            return giveToPerson("suppressed", now: now)
        default:
            return []
        }
    }

    /// L4: the wall clock was set, so that no wait until now can be believed: it begins again.
    ///
    /// - Parameter jump: how far it was set ahead; below zero where it was set back.
    package mutating func clockWasSet(
        by jump: Duration, now: Moment, times: SendTimes,
    ) -> [NotificationEffect] {
        for index in attempts.indices where attempts[index].result == .open && jump < .zero {
            attempts[index].clockSlack -= jump
        }
        guard let newest, stage == .sending || (stage == .unconfirmed && personSince == nil) else {
            return []
        }
        let lease = now + times.sendLease
        let wait = times.waitUntil(
            lease: lease, validitySeconds: newest.validitySeconds, isListed: isListed)
        // Never longer than the old wait lasts: on a host that is set every few minutes it must end as well.
        let ahead = max(jump, .zero)
        if stage == .sending { sendLeaseUntil = min(lease, sendLeaseUntil.map { $0 + ahead } ?? lease) }
        waitUntil = min(wait, waitUntil.map { $0 + ahead } ?? wait)
        mayResend = false
        if stage == .unconfirmed { nextLookAt = nextListing(after: now, times: times) }
        return [.audit("waits_again", ["attempt": "\(attempt)", "reason": "clock_set"])]
    }

    /// A mail whose events nobody was there to hear waits for them once more: SendGrid repeats them.
    package mutating func proofWasUnheard(now: Moment, times: SendTimes) -> [NotificationEffect] {
        guard !isListed, stage == .unconfirmed, personSince == nil, !mayResend, let waitUntil else {
            return []
        }
        self.waitUntil = max(waitUntil, now + times.mailProofWait)
        nextLookAt = nextListing(after: now, times: times)
        return [.audit("waits_again", ["attempt": "\(attempt)", "reason": "not_heard"])]
    }

    /// Row 19: takes the notification back, or says that it may have left.
    ///
    /// - Returns: whether it was withdrawn for certain (before the first intent), and the effects.
    package mutating func stop(
        _ stop: Stop, now: Moment, times: SendTimes,
    ) -> (isWithdrawn: Bool, effects: [NotificationEffect]) {
        guard stage.rank == 0, !stage.isEnd else { return (false, []) }
        let isWithdrawn = allClosed && stage != .sending
        self.stop = self.stop ?? stop
        let effects = [NotificationEffect.audit("stopped", ["stop": stop.rawValue])]
        return (isWithdrawn, effects + settle(now: now, times: times))
    }
}

extension NotificationState {
    /// Ends what has no recipient, sender or text: sending it again would change nothing.
    package mutating func failIncomplete(now: Moment) -> [NotificationEffect] {
        guard stage == .scheduled, allClosed else { return giveToPerson("incomplete", now: now) }
        trouble = Trouble(
            code: "incomplete", kind: .permanent,
            text: "It has no recipient, sender or text. Check rule, template and accounts.")
        end(.failed, at: now)
        return [.audit("failed", ["reason": "incomplete"])]
    }
}
