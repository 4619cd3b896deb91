import Hummingbird
import Logging
import NIOCore
import Synchronization

/// What the routes share: settings, faults, ledger, courier, and the way a create becomes messages.
final class Simulator: Sendable {
    let settings: SimulatorSettings
    let clock: SimulatorClock
    let faults: FaultBook
    let ledger: Ledger
    let courier: Courier
    let signer: WebhookSigner
    private let connections = ConnectionLog()
    private let identifiers: Mutex<SeededGenerator>
    private let playing: Mutex<PlaySettings>

    init(settings: SimulatorSettings, clock: SimulatorClock, logger: Logger) async throws {
        self.settings = settings
        self.clock = clock
        faults = FaultBook(seed: settings.seed)
        ledger = try await Ledger(path: settings.ledgerPath)
        signer = try WebhookSigner(authToken: settings.authToken, seed: settings.seed)
        courier = try Courier(
            settings: settings, ledger: ledger, clock: clock, signer: signer, logger: logger)
        // The time keeps a restarted simulator from giving the identifiers of its ledger again.
        identifiers = Mutex(SeededGenerator(seed: settings.seed ^ UInt64(bitPattern: clock.nowMs)))
        playing = Mutex(try await ledger.settings() ?? settings.play)
    }

    var play: PlaySettings { playing.withLock { $0 } }

    /// Changes how deliveries play, durably.
    func set(_ play: PlaySettings) async throws {
        try await ledger.keep(play)
        playing.withLock { $0 = play }
    }

    func sid(_ prefix: String) -> String { identifiers.withLock { $0.sid(prefix) } }

    /// One create: draws its faults, sets it down as accepted or refused, begins the delivery, answers or does not.
    /// - Parameters:
    ///   - refusal: the answer where the create is not valid.
    ///   - messages: what it becomes, with the arguments its events carry, once it is accepted.
    ///   - accepted: the answer then.
    func handle(
        _ create: ReceivedCreate, context: SimulatorContext, refusal: Answer?,
        messages: (_ nowMs: Int64) -> [(StoredMessage, [String: JSONValue])],
        accepted: ([StoredMessage]) -> Answer,
    ) async throws -> Response {
        let drawn = faults.faults(
            channel: create.channel, to: create.to, isReused: connections.isReused(context.channel))
        let isEmail = create.channel == "email"
        if let refusal = Self.refusal(drawn, isEmail: isEmail) ?? refusal {
            let code = refusal.body?["code"].flatMap {
                if case .integer(let code) = $0 { Int(code) } else { nil }
            }
            _ = try await ledger.record(
                create, status: refusal.status, code: code, messages: [], faults: drawn, nowMs: clock.nowMs)
            return refusal.response
        }
        let play = play
        let made = messages(clock.nowMs)
        let answer =
            drawn.first(.errorAfter).map { Self.serverError($0.status ?? 500, isEmail: isEmail) }
            ?? accepted(made.map(\.0))
        let planned = made.map { message, arguments in
            courier.plan(
                message,
                DeliveryPlan(message, faults: drawn, play: play, validitySeconds: create.validitySeconds),
                eventWebhook: play.eventWebhookURL, events: arguments)
        }
        let kept = try await ledger.record(
            create, status: answer.status, code: nil, messages: planned, faults: drawn, nowMs: clock.nowMs)
        for message in kept {
            try await courier.begin(message, firstNow: drawn.first(.callbackFirst) != nil)
        }
        if let slow = drawn.first(.slow) { try await Task.sleep(for: .milliseconds(slow.ms ?? 1000)) }
        if drawn.first(.acceptThenReset) != nil {
            try await context.cut(resetting: true)
        } else if drawn.first(.answerLost) != nil {
            try await context.cut(resetting: false)
        }
        return answer.response
    }

    private static func refusal(_ faults: [Fault], isEmail: Bool) -> Answer? {
        if faults.first(.rateLimited) != nil {
            var answer =
                isEmail
                ? Answer.sendGridError(429, "too many requests")
                : .twilioError(429, 20_429, "Too Many Requests")
            answer.headers = [("Retry-After", "1")]
            return answer
        }
        if let fault = faults.first(.errorBefore) {
            return serverError(fault.status ?? 503, isEmail: isEmail)
        }
        guard let fault = faults.first(.refused) else { return nil }
        let code = fault.code ?? 21_211
        return isEmail
            ? .sendGridError(400, "The plan refuses.") : .twilioError(400, code, "The plan refuses.")
    }

    private static func serverError(_ status: Int, isEmail: Bool) -> Answer {
        isEmail
            ? .sendGridError(status, "Internal error")
            : .twilioError(status, status == 503 ? 20_503 : 20_500, "An internal server error has occurred")
    }
}
