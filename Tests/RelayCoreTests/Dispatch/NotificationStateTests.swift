import Testing

@testable import RelayCore

@Suite("The machine of a notification, row by row")
struct NotificationStateTests {
    @Test(
        "Row 1: an intent needs a due notification without stop, before its deadline, with all evidence applied"
    )
    func intentGuards() {
        var fixture = StateFixture()
        fixture.state.evidence = 1
        fixture.expectIntent(.evidence)
        fixture.state.applied = 1
        fixture.state.dueAt = fixture.now + .seconds(1)
        fixture.expectIntent(.early)
        fixture.advance(.seconds(1))
        fixture.state.attempt = fixture.state.attemptLimit
        fixture.expectIntent(.attemptsUsedUp)
        fixture.state.attempt = 0
        fixture.state.recovered = true
        fixture.expectIntent(.state)
        fixture.state.recovered = false
        var late = fixture
        late.advance(.seconds(86_400))
        late.expectIntent(.deadline)
        fixture.state.stop = .cancel
        fixture.expectIntent(.stopped)
        fixture.state.stop = nil
        fixture.expectIntent(nil)
        #expect(fixture.state.stage == .sending)
        #expect(fixture.state.attempt == 1)
        #expect(fixture.state.sendLeaseUntil == fixture.now + .seconds(90))
        #expect(fixture.state.waitUntil == fixture.now + .seconds(90 + 900 + 900))
        fixture.expectIntent(.state)
    }

    @Test("Row 1: the validity period is at most a third of what is left, and at least a second")
    func validity() {
        let now = Moment(milliseconds: 0)
        let times = SendTimes()
        #expect(times.validitySeconds(now: now, deadline: now + .seconds(86_400)) == 900)
        #expect(times.validitySeconds(now: now, deadline: now + .seconds(300)) == 100)
        #expect(times.validitySeconds(now: now, deadline: now + .seconds(1)) == 1)
    }

    @Test("Row 2: only at-least-once is sent again, from unconfirmed, and says that it may double")
    func resend() {
        var fixture = StateFixture.resendable()
        #expect(fixture.state.stage == .unconfirmed)
        #expect(fixture.state.mayResend)
        fixture.expectIntent(nil)
        #expect(fixture.state.stage == .sending)
        #expect(fixture.state.attempt == 2)
        #expect(!fixture.state.mayResend)
        #expect(
            fixture.effects.contains(.audit("sent_again", ["attempt": "2", "node": "n", "may": "double"])))
        var once = StateFixture.withPerson()
        once.expectIntent(.state)
    }

    @Test("Row 5: acceptance counts from every state of lower rank, also a person's end")
    func acceptance() throws {
        var sending = StateFixture()
        sending.intent()
        sending.accepted()
        var unconfirmed = StateFixture.lost(.atMostOnce)
        unconfirmed.accepted()
        var person = StateFixture.withPerson()
        person.accepted()
        var closed = StateFixture.withPerson()
        try closed.resolve(.closed)
        #expect(closed.state.stage == .failed)
        closed.accepted()
        for fixture in [sending, unconfirmed, person, closed] {
            #expect(fixture.state.stage == .accepted)
            #expect(fixture.state.sid == "SM1")
            #expect(fixture.state.attempts[0].result == .accepted)
            #expect(!fixture.state.isWithPerson)
            #expect(fixture.state.nextLookAt != nil)
        }
        #expect(
            closed.effects.contains(
                .audit("accepted", ["attempt": "1", "by": "answer", "overrules": "closed"])))
    }

    @Test("Row 6: an ambiguous outcome moves only the sending of its own attempt")
    func ambiguous() {
        var fixture = StateFixture()
        fixture.intent()
        let wait = fixture.state.waitUntil
        fixture.ambiguous()
        #expect(fixture.state.stage == .unconfirmed)
        #expect(fixture.state.waitUntil == wait)
        var second = StateFixture.resendable()
        second.intent()
        second.ambiguous(1)
        #expect(second.state.stage == .sending)
    }

    @Test("Row 7: what was not taken is scheduled again when every attempt is closed")
    func notAccepted() {
        var fixture = StateFixture()
        fixture.intent()
        fixture.retry()
        #expect(fixture.state.stage == .scheduled)
        #expect(fixture.state.dueAt == fixture.now + .seconds(5))
        #expect(fixture.state.isSound)
        var person = StateFixture.withPerson()
        person.retry()
        #expect(person.state.stage == .scheduled)
        #expect(person.state.personSince == nil)
        var open = StateFixture.resendable()
        open.intent()
        open.retry()
        #expect(open.state.stage == .unconfirmed)
        #expect(!open.state.mayResend)
        open.retry(1)
        #expect(open.state.stage == .scheduled)
    }

    @Test("Row 7: an older attempt's outcome changes only its own row while a newer one is out")
    func olderAttempt() {
        var fixture = StateFixture.resendable()
        fixture.intent()
        fixture.retry(1)
        #expect(fixture.state.stage == .sending)
        #expect(fixture.state.attempts[0].result == .notAccepted)
    }

    @Test("Row 7: what never left does not count against the limit of attempts")
    func unburned() {
        var fixture = StateFixture()
        for _ in 0..<20 {
            fixture.expectIntent(nil)
            fixture.outcome(.notAccepted(.later(after: .zero, burns: false)))
        }
        #expect(fixture.state.stage == .scheduled)
        for _ in 0..<8 {
            fixture.expectIntent(nil)
            fixture.outcome(.notAccepted(.later(after: .zero, burns: true)))
        }
        #expect(fixture.state.stage == .failed)
        #expect(fixture.state.isSound)
    }

    @Test("Row 8: a refusal for good ends it, unless another attempt is open")
    func permanent() {
        var fixture = StateFixture()
        fixture.intent()
        fixture.refused()
        #expect(fixture.state.stage == .failed)
        #expect(fixture.state.trouble.code == "21211")
        var optOut = StateFixture()
        optOut.intent()
        optOut.refused(optOut: true)
        #expect(optOut.state.stage == .suppressed)
        #expect(optOut.effects.contains(.suppress(reason: "21211")))
        var open = StateFixture.resendable()
        open.intent()
        open.refused()
        #expect(open.state.stage == .unconfirmed)
        #expect(open.state.stop == .noMore)
    }

    @Test("Row 9: a lease that ran out is unconfirmed, never scheduled, and not a moment earlier")
    func lease() {
        var fixture = StateFixture()
        fixture.intent()
        fixture.advance(.seconds(90))
        fixture.settle()
        #expect(fixture.state.stage == .sending)
        fixture.advance(.milliseconds(1))
        fixture.settle()
        #expect(fixture.state.stage == .unconfirmed)
    }

    @Test(
        "Row 11: a callback proves acceptance, whatever its word",
        arguments: [
            ("queued", NotificationState.Stage.accepted), ("sending", .accepted),
            ("never heard of", .accepted),
            ("sent", .sent), ("delivered", .delivered), ("read", .delivered), ("undelivered", .undelivered),
            ("failed", .undelivered), ("canceled", .undelivered),
        ])
    func callback(status: String, stage: NotificationState.Stage) {
        var fixture = StateFixture()
        fixture.intent()
        fixture.word(status)
        #expect(fixture.state.stage == stage)
        #expect(fixture.state.attempts[0].result == .accepted)
        #expect(fixture.state.providerStatus == status)
    }

    @Test("Row 11: in any order the rank never falls, and one attempt keeps its first end")
    func order() {
        var fixture = StateFixture()
        fixture.intent()
        for status in ["delivered", "sent", "queued", "undelivered"] { fixture.word(status) }
        #expect(fixture.state.stage == .delivered)
        var other = StateFixture()
        other.intent()
        for status in ["undelivered", "delivered"] { other.word(status) }
        #expect(other.state.stage == .undelivered)
        #expect(
            other.effects.contains(.audit("contradicted", ["status": "delivered", "state": "undelivered"])))
    }

    @Test("Row 11: of two attempts that may have been taken, delivered beats undelivered")
    func twoAttempts() {
        var fixture = StateFixture.resendable()
        fixture.intent()
        fixture.word("undelivered", 1)
        #expect(fixture.state.stage == .undelivered)
        fixture.word("delivered", 2)
        #expect(fixture.state.stage == .delivered)
    }

    @Test("Row 13: a message in the list confirms, also before the wait is over")
    func listed() {
        var fixture = StateFixture()
        fixture.intent()
        fixture.ambiguous()
        fixture.listing(
            .found(.twilio(status: "sent", sid: "SM9", trouble: nil), attempt: StateFixture.id(1)))
        #expect(fixture.state.stage == .sent)
        #expect(fixture.state.sid == "SM9")
        #expect(fixture.state.attempts[0].proof == .list)
    }

    @Test("Row 14: nothing found decides by the policy, from a query that began after the wait")
    func notFound() {
        var early = StateFixture.lost(.atMostOnce)
        early.listing(.nothing, begun: early.now - .seconds(2))
        #expect(!early.state.isWithPerson)
        early.state.evidence = 1
        early.listing(.nothing)
        #expect(!early.state.isWithPerson)
        #expect(StateFixture.withPerson().state.isWithPerson)
        #expect(StateFixture.withPerson().state.personReason == "not_found")
        #expect(StateFixture.resendable().state.mayResend)
    }

    @Test("Row 14: a listing for an older attempt says nothing")
    func staleListing() {
        var fixture = StateFixture.resendable()
        fixture.intent()
        fixture.ambiguous()
        fixture.advance(.seconds(2_000))
        fixture.listing(.nothing, 1)
        #expect(!fixture.state.mayResend)
    }

    @Test("Row 14: an e-mail waits for its proof, then the policy decides")
    func mail() {
        for policy in [NotificationState.Policy.atMostOnce, .atLeastOnce] {
            var fixture = StateFixture(policy, isListed: false)
            fixture.intent()
            #expect(fixture.state.waitUntil == fixture.now + .seconds(690))
            fixture.ambiguous()
            fixture.advance(.seconds(690))
            fixture.settle()
            #expect(!fixture.state.isWithPerson && !fixture.state.mayResend)
            fixture.advance(.milliseconds(1))
            fixture.settle()
            #expect(fixture.state.isWithPerson == (policy == .atMostOnce))
            #expect(fixture.state.mayResend == (policy == .atLeastOnce))
        }
    }

    @Test("Row 15: what cannot be told apart goes to a person, when the wait is over")
    func unclear() {
        var fixture = StateFixture(.atLeastOnce)
        fixture.intent()
        fixture.ambiguous()
        fixture.listing(.unclear(reason: "twin"))
        #expect(!fixture.state.isWithPerson)
        fixture.advance(.seconds(2_000))
        fixture.listing(.unclear(reason: "twin"))
        #expect(fixture.state.isWithPerson)
        #expect(fixture.state.personReason == "twin")
    }

    @Test(
        "Row 15: a list that says nothing certain after a person has the message is not asked again",
        arguments: [ListFinding.unclear(reason: "twin"), .unavailable])
    func unclearLater(finding: ListFinding) {
        var fixture = StateFixture.withPerson()
        fixture.listing(finding)
        #expect(fixture.state.personReason == "not_found")
        #expect(fixture.state.nextLookAt == nil)
    }

    @Test("Row 16: an open attempt is never cancelled, expired or failed: a person decides")
    func openAttempt() {
        var cancelled = StateFixture.resendable()
        cancelled.expectStop(isWithdrawn: false)
        var late = StateFixture.resendable()
        late.advance(.seconds(86_400))
        late.settle()
        var usedUp = StateFixture.resendable()
        usedUp.state.attemptLimit = 1
        usedUp.settle()
        var suppressed = StateFixture.resendable()
        suppressed.effects += suppressed.state.suppress(now: suppressed.now)
        let reasons = [cancelled, late, usedUp, suppressed].map(\.state.personReason)
        #expect(reasons == ["stopped", "deadline", "attempts_used_up", "suppressed"])
        for fixture in [cancelled, late, usedUp, suppressed] { #expect(fixture.state.stage == .unconfirmed) }
    }

    @Test("Row 17: a list that never answers ends with a person, once deadline and wait are over")
    func noList() {
        var fixture = StateFixture.lost(.atMostOnce)
        fixture.listing(.unavailable)
        #expect(!fixture.state.isWithPerson)
        #expect(fixture.state.nextLookAt == fixture.now + .seconds(30))
        fixture.advance(.seconds(86_400))
        var silent = fixture
        fixture.listing(.unavailable)
        #expect(fixture.state.personReason == "list_unavailable")
        silent.settle()
        #expect(silent.state.personReason == "deadline")
    }

    @Test("Row 18: deadline, stop and suppression end what was not sent")
    func ends() {
        var late = StateFixture()
        late.advance(.seconds(86_400))
        late.settle()
        #expect(late.state.stage == .expired)
        var nobody = StateFixture(stage: .awaitingRecipient)
        nobody.advance(.seconds(86_400))
        nobody.settle()
        #expect(nobody.state.stage == .failed)
        #expect(nobody.state.trouble.code == "no_recipient")
        var cancelled = StateFixture(stage: .held)
        cancelled.expectStop(isWithdrawn: true)
        #expect(cancelled.state.stage == .cancelled)
        var suppressed = StateFixture()
        suppressed.effects += suppressed.state.suppress(now: suppressed.now)
        #expect(suppressed.state.stage == .suppressed)
        var recovered = StateFixture(stage: .held)
        recovered.state.recovered = true
        recovered.advance(.seconds(86_400))
        recovered.settle()
        #expect(recovered.state.stage == .held)
    }

    @Test("Row 20: an accepted message is fetched three times, then closed without a receipt")
    func fetches() {
        var fixture = StateFixture()
        fixture.intent()
        fixture.accepted()
        let start = fixture.now
        // 15 min validity + 10 min comes before the hour.
        for (number, offset) in [1_500, 3_600, 86_400].enumerated() {
            #expect(fixture.state.nextLookAt == start + .seconds(offset))
            fixture.now = start + .seconds(offset)
            fixture.effects += fixture.state.handle(
                fetched: .twilio(status: "sent", sid: "SM1", trouble: nil), of: StateFixture.id(1),
                now: fixture.now, times: fixture.times)
            #expect((fixture.state.closed != nil) == (number == 2))
        }
        #expect(fixture.state.stage == .sent)
        #expect(fixture.state.nextLookAt == nil)
        fixture.word("delivered")
        #expect(fixture.state.stage == .delivered)
        #expect(fixture.state.closed == nil)
    }

    @Test("Row 20: a provider that cannot be asked does not keep it open for ever")
    func unfetchable() {
        var fixture = StateFixture()
        fixture.intent()
        fixture.accepted()
        fixture.advance(.seconds(3_600))
        fixture.effects += fixture.state.notFetched(now: fixture.now, times: fixture.times)
        #expect(fixture.state.nextLookAt == fixture.now + .seconds(30))
        fixture.advance(.seconds(172_800))
        fixture.effects += fixture.state.notFetched(now: fixture.now, times: fixture.times)
        #expect(fixture.state.closed == "no receipt")
    }

    @Test("Row 21: a person settles what waits for a person, and nothing else")
    func person() throws {
        var accepted = StateFixture.withPerson()
        try accepted.resolve(.accepted(sid: "SM7"))
        #expect(accepted.state.stage == .accepted)
        #expect(accepted.state.sid == "SM7")
        var again = StateFixture.withPerson()
        try again.resolve(.notSent)
        #expect(again.state.stage == .scheduled)
        #expect(again.state.isSound)
        again.expectIntent(nil)
        var closed = StateFixture.withPerson()
        try closed.resolve(.closed)
        #expect(closed.state.stage == .failed)
        #expect(closed.state.word?.word == "closed")
        closed.word("delivered")
        #expect(closed.state.stage == .delivered)
        var waiting = StateFixture.withPerson()
        waiting.state.evidence = 1
        #expect(throws: NotificationState.PersonRefusal.evidenceWaiting) { try waiting.resolve(.closed) }
        var early = StateFixture.lost(.atMostOnce)
        #expect(throws: NotificationState.PersonRefusal.notInQueue) { try early.resolve(.closed) }
    }

    @Test("Row 26: a release sends what is held, but not what was stopped or still waits to be proposed")
    func release() throws {
        var fixture = StateFixture(stage: .held)
        fixture.state.heldReason = "cap"
        _ = try fixture.state.release(by: "anna", now: fixture.now, times: fixture.times)
        #expect(fixture.state.stage == .scheduled)
        var recovered = StateFixture(stage: .held)
        recovered.state.recovered = true
        #expect(throws: NotificationState.PersonRefusal.notProposed) {
            try recovered.state.release(by: "anna", now: recovered.now, times: recovered.times)
        }
    }
}
