import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle

/// Plays the deliveries: changes statuses when their time has come, and calls back with real signatures.
struct Courier: Sendable {
    private let ledger: Ledger
    private let clock: SimulatorClock
    private let signer: WebhookSigner
    private let accountSID: String
    private let client: HTTPClient
    private let agenda = Agenda()
    private let logger: Logger

    init(
        settings: SimulatorSettings, ledger: Ledger, clock: SimulatorClock, signer: WebhookSigner,
        logger: Logger
    ) throws {
        self.ledger = ledger
        self.clock = clock
        self.signer = signer
        self.logger = logger
        accountSID = settings.accountSID
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        if let path = settings.callbackCAPath {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Everything that is to happen to a message after its accepting.
    func plan(
        _ message: StoredMessage, _ plan: DeliveryPlan, eventWebhook: String?, events: [String: JSONValue],
    ) -> PlannedMessage {
        let isEmail = message.channel == "email"
        let target = (isEmail ? eventWebhook : message.callbackURL).flatMap { CallbackTarget($0) }
        var planned = PlannedMessage(message: message, steps: [], callbacks: [])
        for (index, step) in plan.steps.enumerated() {
            planned.steps.append(
                PlannedStep(
                    sid: message.sid, status: step.status, code: step.code,
                    dueMs: message.createdMs + Int64(step.delayMs)))
            guard let target else { continue }
            let callback = PlannedCallback(
                sid: message.sid, event: step.status, target: target,
                body: isEmail ? event(message, step, events) : statusForm(message, step), isEmail: isEmail,
                dueMs: message.createdMs + Int64(plan.callbackDelayMs(index)), isWithheld: plan.isSilent)
            planned.callbacks += Array(repeating: callback, count: 1 + plan.repeats)
        }
        return planned
    }

    /// Lets happen what stands in the ledger.
    /// - Parameter firstNow: the first callback is sent, and answered or lost, before this returns.
    func begin(_ planned: PlannedMessage, firstNow: Bool = false) async throws {
        let first = firstNow ? planned.steps.first : nil
        if let first { try await ledger.advance(first, nowMs: clock.nowMs) }
        for step in planned.steps where step.id != first?.id {
            agenda.add(.advance(step), dueMs: step.dueMs)
        }
        for callback in planned.callbacks where !callback.isWithheld {
            if callback.event == first?.status {
                await send(callback)
            } else {
                agenda.add(.callback(callback), dueMs: callback.dueMs)
            }
        }
    }

    /// Goes on with what a simulator that ended had planned.
    func resume() async throws {
        for step in try await ledger.openSteps() { agenda.add(.advance(step), dueMs: step.dueMs) }
        for callback in try await ledger.openCallbacks() {
            agenda.add(.callback(callback), dueMs: callback.dueMs)
        }
    }

    /// Works until the service ends.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                for item in agenda.take(until: clock.nowMs) {
                    switch item {
                    case .advance(let step): try await ledger.advance(step, nowMs: clock.nowMs)
                    case .callback(let callback):
                        group.addTask { await send(callback) }
                    }
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
            group.cancelAll()
        }
    }

    func shutdown() async throws { try await client.shutdown() }

    private func send(_ callback: PlannedCallback) async {
        let status = try? await post(callback)
        let isDelivered = status.map { (200..<300).contains($0) } ?? false
        // Twilio tries as often as the fragment says; SendGrid for a day.
        let limit = callback.isEmail ? 1000 : callback.target.retries
        let isRetried =
            !isDelivered && callback.tries < limit
            && (callback.isEmail || callback.target.retries(after: status))
        let state = isDelivered ? "delivered" : isRetried ? "waiting" : "lost"
        do {
            try await ledger.tried(callback.id, state: state, answer: status, nowMs: clock.nowMs)
        } catch {
            logger.error("The ledger could not be written.", metadata: ["error": "\(error)"])
        }
        guard isRetried else { return }
        var next = callback
        next.tries += 1
        agenda.add(
            .callback(next), dueMs: clock.nowMs + Int64(100 << min(callback.tries, callback.isEmail ? 4 : 6)))
    }

    private func post(_ callback: PlannedCallback) async throws -> Int {
        var request = HTTPClientRequest(url: callback.target.url)
        request.method = .POST
        if callback.isEmail {
            let timestamp = String(clock.nowMs / 1000)
            request.headers.add(name: "Content-Type", value: "application/json;charset=utf-8")
            request.headers.add(name: "X-Twilio-Email-Event-Webhook-Timestamp", value: timestamp)
            request.headers.add(
                name: "X-Twilio-Email-Event-Webhook-Signature",
                value: try signer.eventSignature(timestamp: timestamp, body: callback.body))
        } else {
            request.headers.add(
                name: "Content-Type", value: "application/x-www-form-urlencoded; charset=UTF-8")
            request.headers.add(
                name: "X-Twilio-Signature",
                value: signer.twilioSignature(
                    url: callback.target.url, fields: FormFields(parsing: callback.body)))
            request.headers.add(
                name: "I-Twilio-Idempotency-Token", value: "\(callback.sid)-\(callback.event)")
        }
        request.body = .bytes(ByteBuffer(string: callback.body))
        let response = try await client.execute(request, timeout: .seconds(15))
        _ = try? await response.body.collect(upTo: 1 << 16)
        return Int(response.status.code)
    }

    private func statusForm(_ message: StoredMessage, _ step: DeliveryPlan.Step) -> String {
        var pairs: [(name: String, value: String)] = [
            ("ApiVersion", "2010-04-01"), ("AccountSid", accountSID), ("From", message.from),
            ("To", message.to),
            ("MessageSid", message.sid), ("SmsSid", message.sid), ("MessageStatus", step.status),
            ("SmsStatus", step.status),
        ]
        if let service = message.service { pairs.append(("MessagingServiceSid", service)) }
        if let code = step.code { pairs.append(("ErrorCode", String(code))) }
        if ["delivered", "undelivered"].contains(step.status) {
            let doneMs = message.createdMs + Int64(step.delayMs)
            pairs.append(("RawDlrDoneDate", SimulatorClock.deliveryReceipt(doneMs)))
        }
        return FormFields(pairs).encoded
    }

    private func event(
        _ message: StoredMessage, _ step: DeliveryPlan.Step, _ arguments: [String: JSONValue],
    ) -> String {
        var members = arguments
        members["email"] = .text(message.to)
        members["event"] = .text(step.status)
        members["timestamp"] = .integer((message.createdMs + Int64(step.delayMs)) / 1000)
        members["sg_message_id"] = .text(message.sid)
        members["sg_event_id"] = .text("\(step.status)-\(message.sid)")
        members["smtp-id"] = .text("<\(message.sid)@simulator.example>")
        if step.status == "bounce" {
            members["type"] = .text("bounce")
            members["status"] = .text("5.1.1")
            members["reason"] = .text("550 5.1.1 no such mailbox")
        }
        return JSONValue.array([.object(members)]).rendered + "\r\n"
    }
}
