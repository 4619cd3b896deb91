import Testing

@testable import RelayCore

/// The traces of facts/send.md section 3 that concern the machine: what a laxer rule would do.
@Suite("Traces that broke laxer rules")
struct SendTraceTests {
    @Test("V1: a late 201 or time-out never takes back what a callback proved")
    func lateOutcome() {
        for isLost in [true, false] {
            var fixture = StateFixture()
            fixture.intent()
            fixture.word("delivered")
            if isLost { fixture.ambiguous() } else { fixture.accepted() }
            #expect(fixture.state.stage == .delivered)
        }
    }

    @Test(
        "An attempt that was proved taken does not go on to say that nobody knows", arguments: [true, false])
    func staleWords(isProofFirst: Bool) {
        var fixture = StateFixture()
        fixture.intent()
        let lost = AttemptOutcome(
            .ambiguous, word: "ambiguous", trouble: .init(code: nil, kind: nil, text: "Nobody can say yet."))
        for isProof in [isProofFirst, !isProofFirst] {
            if isProof {
                fixture.word("sent")
            } else {
                fixture.effects += fixture.state.handle(
                    lost, of: fixture.id, now: fixture.now, times: fixture.times)
            }
        }
        #expect(fixture.state.stage == .sent)
        #expect(fixture.state.attempts[0].errorText == nil)
    }

    @Test(
        "V2: a late outcome of attempt 1 leaves attempt 2 alone, and a 429 of attempt 2 does not end attempt 1"
    )
    func otherAttempt() {
        var fixture = StateFixture.resendable()
        fixture.intent()
        fixture.ambiguous(1)
        #expect(fixture.state.stage == .sending)
        fixture.retry(2)
        #expect(fixture.state.stage == .unconfirmed)
        fixture.expectIntent(.state)
        fixture.accepted(1)
        #expect(fixture.state.stage == .accepted)
    }

    @Test("V4: a stored callback that is not applied yet holds the second send back")
    func unapplied() {
        var fixture = StateFixture.lost(.atLeastOnce)
        fixture.state.evidence = 1
        fixture.listing(.nothing)
        #expect(!fixture.state.mayResend)
        var late = StateFixture.resendable()
        late.state.evidence = 1
        late.expectIntent(.evidence)
    }

    @Test("V5: a cancel while sending holds after a 429 and after what never left")
    func cancelWhileSending() {
        var fixture = StateFixture()
        fixture.intent()
        fixture.expectStop(isWithdrawn: false)
        fixture.retry()
        #expect(fixture.state.stage == .cancelled)
        fixture.expectIntent(.state)
    }

    @Test("V6: a cancel or the deadline never says \"not sent\" of an attempt that is open")
    func cancelWhileOpen() {
        var fixture = StateFixture.resendable()
        fixture.expectStop(isWithdrawn: false)
        #expect(fixture.state.isWithPerson)
        fixture.advance(.seconds(100_000))
        fixture.settle()
        #expect(fixture.state.stage == .unconfirmed)
        fixture.word("sent")
        #expect(fixture.state.stage == .sent)
    }

    @Test("V7: a list that was asked before the end of the wait says nothing after it")
    func earlyListing() throws {
        var fixture = StateFixture(.atLeastOnce)
        fixture.intent()
        fixture.ambiguous()
        let wait = try #require(fixture.state.waitUntil)
        fixture.now = wait + .seconds(5)
        fixture.listing(.nothing, begun: wait)
        #expect(!fixture.state.mayResend)
        fixture.listing(.nothing, begun: wait + .milliseconds(1))
        #expect(fixture.state.mayResend)
    }

    @Test("V8: accepted without a final callback ends as \"no receipt\"")
    func noReceipt() {
        var fixture = StateFixture(isListed: false)
        fixture.intent()
        fixture.accepted()
        fixture.advance(.seconds(86_400))
        fixture.effects += fixture.state.fetchedOnce(now: fixture.now, times: fixture.times)
        #expect(fixture.state.closed == "no receipt")
    }

    @Test("V10: every transfer has its own intent, also the retry of what never left")
    func ownIntent() {
        var fixture = StateFixture()
        fixture.intent()
        fixture.outcome(.notAccepted(.later(after: .zero, burns: false)))
        _ = fixture.stop()
        #expect(fixture.state.stage == .cancelled)
        fixture.expectIntent(.state)
    }

    @Test("V22: a list API that refuses for ever leads to a person, not to nothing")
    func refusedList() {
        for policy in [NotificationState.Policy.atMostOnce, .atLeastOnce] {
            var fixture = StateFixture.lost(policy)
            for _ in 0..<4_000 where !fixture.state.isWithPerson {
                fixture.advance(.seconds(30))
                fixture.listing(.unavailable)
            }
            #expect(fixture.state.isWithPerson)
        }
    }
}
