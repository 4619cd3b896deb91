/// Rows 1, 2, 5 to 9: an attempt and its outcome.
extension NotificationState {
    /// Why the notification itself forbids a transfer now; nil where it allows it.
    package func refusal(now: Moment) -> IntentRefusal? {
        let mayBegin =
            stage == .scheduled
            || (stage == .unconfirmed && mayResend && policy == .atLeastOnce && personSince == nil)
        guard mayBegin, !recovered else { return .state }
        if stop != nil { return .stopped }
        if now >= deadlineAt { return .deadline }
        if attempt >= attemptLimit { return .attemptsUsedUp }
        if !isUpToDate { return .evidence }
        return dueAt <= now ? nil : .early
    }

    /// Rows 1 and 2: sets an intent down; the caller has asked ``refusal(now:)`` and the guards of other rows.
    package mutating func begin(_ attempt: AttemptState) -> [NotificationEffect] {
        let isResend = stage == .unconfirmed
        stage = .sending
        self.attempt = attempt.id.n
        sendLeaseUntil = attempt.sendLeaseUntil
        waitUntil = attempt.waitUntil
        mayResend = false
        nextLookAt = nil
        attempts.append(attempt)
        // Invariant 2 of the design: what may double says so in the audit.
        let detail = ["attempt": "\(attempt.id.n)", "node": attempt.node]
        guard isResend else { return [.audit("sending", detail)] }
        return [.audit("sent_again", detail.merging(["may": "double"]) { $1 })]
    }

    /// Rows 5 to 8: what a transfer proved about its attempt, whoever brings it and whenever.
    package mutating func handle(
        _ outcome: AttemptOutcome, of id: AttemptID, now: Moment, times: SendTimes,
    ) -> [NotificationEffect] {
        guard let index = index(of: id) else { return [] }
        attempts[index].outcome = outcome.word
        attempts[index].httpStatus = outcome.httpStatus ?? attempts[index].httpStatus
        attempts[index].startedAt = outcome.startedAt ?? attempts[index].startedAt
        attempts[index].answer = outcome.answer ?? attempts[index].answer
        // What a proof has overtaken already explains nothing any more.
        if let trouble = outcome.trouble, attempts[index].result == .open {
            attempts[index].errorCode = trouble.code
            attempts[index].errorText = trouble.text
        }
        switch outcome.proof {
        case .accepted(let sid):
            return accept(index, sid: sid, by: .answer, now: now, times: times)
        case .ambiguous:
            guard stage == .sending, newest?.id == id, attempts[index].result == .open else { return [] }
            return loseSight(reason: "ambiguous", now: now, times: times)
        case .notAccepted(let next):
            guard attempts[index].result == .open else { return [] }
            attempts[index].close(.notAccepted, by: outcome.isFromAnswer ? .answer : .transport, at: now)
            return refused(next, id: id, outcome: outcome, now: now, times: times)
        }
    }

    /// Row 9: the send lease ran out with an intent and no outcome.
    package mutating func leaseRanOut(now: Moment, times: SendTimes) -> [NotificationEffect] {
        guard stage == .sending, let sendLeaseUntil, now > sendLeaseUntil else { return [] }
        // Proof of a mail comes from outside alone: where nobody was there to hear it, the wait begins now.
        if !isListed, let wait = waitUntil { waitUntil = max(wait, now + times.mailProofWait) }
        return loseSight(reason: "lease", now: now, times: times)
    }

    private mutating func loseSight(
        reason: String, now: Moment, times: SendTimes,
    ) -> [NotificationEffect] {
        stage = .unconfirmed
        mayResend = false
        nextLookAt = nextListing(after: now, times: times)
        return [.audit("unconfirmed", ["attempt": "\(attempt)", "reason": reason])]
            + settle(now: now, times: times)
    }

    /// Rows 7 and 8, behind the attempt's own row.
    private mutating func refused(
        _ next: AttemptOutcome.Next, id: AttemptID, outcome: AttemptOutcome, now: Moment, times: SendTimes,
    ) -> [NotificationEffect] {
        var effects: [NotificationEffect] = []
        let code = outcome.trouble?.code
        if case .never(let isOptOut) = next, isOptOut { effects.append(.suppress(reason: code ?? "opt_out")) }
        // While another attempt is out, an older one's outcome changes only its own row.
        let concernsState = stage == .unconfirmed || (stage == .sending && newest?.id == id)
        guard concernsState else { return effects }
        if let trouble = outcome.trouble { self.trouble = trouble }
        var detail = ["attempt": "\(id.n)", "outcome": outcome.word]
        detail["code"] = code
        effects.append(.audit("not_accepted", detail))
        if case .later(_, let burns) = next, !burns { attemptLimit += 1 }
        guard allClosed else {
            if case .never = next { stop = stop ?? .noMore }
            stage = .unconfirmed
            mayResend = false
            if personSince == nil { nextLookAt = nextListing(after: now, times: times) }
            return effects + settle(now: now, times: times)
        }
        clearPerson()
        nextLookAt = nil
        mayResend = false
        switch next {
        case .later(let delay, _):
            stage = .scheduled
            dueAt = now + delay
            return effects + settle(now: now, times: times)
        case .never(let isOptOut):
            end(isOptOut ? .suppressed : .failed, at: now)
            effects.append(.audit(stage.rawValue, ["code": code ?? outcome.word]))
            return effects
        }
    }
}
