/// How the delivery of one message goes on after it was accepted.
struct DeliveryPlan: Sendable {
    /// One change of the status.
    struct Step: Sendable {
        let status: String
        let code: Int64?
        /// After the accepting.
        let delayMs: Int
    }

    /// In their order.
    var steps: [Step]
    /// How many more times each callback comes.
    var repeats = 0
    /// How much later each callback comes.
    var withheldMs = 0
    /// Whether callbacks never come.
    var isSilent = false
    /// Whether later callbacks come first.
    var isReordered = false

    /// The plan for a message under the faults that were drawn for it.
    /// - Parameter validitySeconds: what still waits for its sending then is given up (30036); nil for an e-mail.
    init(_ message: StoredMessage, faults: [Fault], play: PlaySettings, validitySeconds: Int?) {
        let isEmail = message.channel == "email"
        let failure = faults.first(.undelivered).map { Int64($0.code ?? 30_003) } ?? Self.failure(of: message)
        let end =
            isEmail
            ? (failure == nil ? "delivered" : "bounce") : (failure == nil ? "delivered" : "undelivered")
        let queuedMs = faults.first(.queuedLonger)?.ms ?? 0
        let sentMs = play.sentDelayMs + queuedMs
        if let validitySeconds, sentMs > validitySeconds * 1_000 {
            steps = [Step(status: "failed", code: 30_036, delayMs: validitySeconds * 1_000)]
        } else {
            steps = [
                Step(status: isEmail ? "processed" : "sent", code: nil, delayMs: sentMs),
                Step(status: end, code: failure, delayMs: max(sentMs, play.deliveredDelayMs + queuedMs)),
            ]
        }
        if message.service != nil { steps.insert(Step(status: "queued", code: nil, delayMs: 0), at: 0) }
        repeats = faults.first(.callbackRepeated).map { $0.times ?? 1 } ?? 0
        isReordered = faults.first(.callbackReordered) != nil
        if let fault = faults.first(.callbackWithheld) {
            withheldMs = fault.ms ?? 0
            isSilent = fault.ms == nil
        }
    }

    /// Numbers that end in 00 and a code from 30003 to 30008 are not reached, nor is `bounce…@`.
    private static func failure(of message: StoredMessage) -> Int64? {
        if message.channel == "email" { return message.to.hasPrefix("bounce") ? 30_005 : nil }
        let end = message.to.suffix(7)
        guard end.hasPrefix("003000"), let code = Int64(end.suffix(5)), (30_003...30_008).contains(code)
        else {
            return nil
        }
        return code
    }

    /// When the callback of step `index` is due, after the accepting.
    func callbackDelayMs(_ index: Int) -> Int {
        let last = steps.last?.delayMs ?? 0
        let own = isReordered ? last + (steps.count - 1 - index) * 50 : steps[index].delayMs
        return own + withheldMs
    }
}
