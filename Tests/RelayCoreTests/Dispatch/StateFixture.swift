import Testing

@testable import RelayCore

/// A notification in the machine alone, with short words for what happens to it.
struct StateFixture {
    var state: NotificationState
    var now = Moment(milliseconds: 1_780_000_000_000)
    let times = SendTimes()
    var effects: [NotificationEffect] = []
    static let life = [UInt8](repeating: 1, count: 16)

    init(
        _ policy: NotificationState.Policy = .atMostOnce, isListed: Bool = true,
        stage: NotificationState.Stage = .scheduled, deadline: Duration = .seconds(86_400),
    ) {
        state = NotificationState(
            stage: stage, policy: policy, isListed: isListed, dueAt: now, deadlineAt: now + deadline)
    }

    static func id(_ n: Int64) -> AttemptID { AttemptID(incarnation: life, n: n) }
    var id: AttemptID { Self.id(state.attempt) }

    mutating func advance(_ duration: Duration) { now = now + duration }

    /// Rows 1 and 2, where the machine allows it.
    @discardableResult
    mutating func intent() -> IntentRefusal? {
        if let refusal = state.refusal(now: now) { return refusal }
        let lease = now + times.sendLease
        let validity = times.validitySeconds(now: now, deadline: state.deadlineAt)
        let wait = times.waitUntil(lease: lease, validitySeconds: validity, isListed: state.isListed)
        effects += state.begin(
            AttemptState(
                id: Self.id(state.attempt + 1), nonce: [], account: "a", sender: "s", epoch: 1, node: "n",
                intentAt: now, sendLeaseUntil: lease, validitySeconds: validity, waitUntil: wait,
                request: nil))
        return nil
    }
    mutating func expectIntent(_ refusal: IntentRefusal?, at location: SourceLocation = #_sourceLocation) {
        let given = intent()
        #expect(given == refusal, sourceLocation: location)
    }
    mutating func expectStop(isWithdrawn: Bool, at location: SourceLocation = #_sourceLocation) {
        let given = stop()
        #expect(given == isWithdrawn, sourceLocation: location)
    }
    mutating func outcome(_ proof: AttemptOutcome.Proof, _ n: Int64? = nil, code: String? = nil) {
        let word =
            switch proof {
            case .accepted: "accepted"
            case .ambiguous: "ambiguous"
            case .notAccepted(.later): "retryable"
            case .notAccepted(.never): "permanent"
            }
        effects += state.handle(
            AttemptOutcome(
                proof, word: word, trouble: code.map { .init(code: $0, kind: .permanent, text: nil) }),
            of: n.map(Self.id) ?? id, now: now, times: times)
    }
    mutating func accepted(_ n: Int64? = nil) { outcome(.accepted(sid: "SM\(n ?? state.attempt)"), n) }
    mutating func ambiguous(_ n: Int64? = nil) { outcome(.ambiguous, n) }
    mutating func retry(_ n: Int64? = nil) {
        outcome(.notAccepted(.later(after: .seconds(5), burns: true)), n)
    }
    mutating func refused(_ n: Int64? = nil, optOut: Bool = false) {
        outcome(.notAccepted(.never(isOptOut: optOut)), n, code: "21211")
    }
    mutating func word(_ status: String, _ n: Int64? = nil) {
        effects += state.handle(
            .twilio(status: status, sid: nil, trouble: nil), of: n.map(Self.id) ?? id, by: .callback,
            now: now,
            times: times)
    }
    mutating func listing(_ finding: ListFinding, begun: Moment? = nil, _ n: Int64? = nil) {
        effects += state.handle(
            finding, of: n.map(Self.id) ?? id, begunAt: begun ?? now, now: now, times: times)
    }
    mutating func settle() { effects += state.settle(now: now, times: times) }
    mutating func stop(_ stop: NotificationState.Stop = .cancel) -> Bool {
        let (isWithdrawn, effects) = state.stop(stop, now: now, times: times)
        self.effects += effects
        return isWithdrawn
    }
    mutating func resolve(_ word: NotificationState.PersonWord) throws {
        effects += try state.resolve(word, by: "anna", now: now, times: times)
    }

    /// One attempt whose outcome nobody knows, and its wait over.
    static func lost(_ policy: NotificationState.Policy, isListed: Bool = true) -> StateFixture {
        var fixture = StateFixture(policy, isListed: isListed)
        fixture.intent()
        fixture.ambiguous()
        fixture.advance(.seconds(90 + 900 + 900 + 1))
        return fixture
    }
    /// At-least-once, lost, and free to be sent again.
    static func resendable() -> StateFixture {
        var fixture = lost(.atLeastOnce)
        fixture.listing(.nothing)
        return fixture
    }
    /// At-most-once, lost, in the person's queue.
    static func withPerson() -> StateFixture {
        var fixture = lost(.atMostOnce)
        fixture.listing(.nothing)
        return fixture
    }
}
