import Foundation
import HTTPTypes
import Hummingbird

/// Twilio's Messages of the 2010 API, and Messaging Services for reading.
struct MessagesRoutes: Sendable {
    let simulator: Simulator

    func add(to router: Router<SimulatorContext>) {
        let messages: RouterPath = "/2010-04-01/Accounts/{account}/Messages.json"
        router.post(messages) { request, context in
            if let refusal = refusal(of: request, context) { return refusal.response }
            return try await create(request, context)
        }
        router.get(messages) { request, context in
            if let refusal = refusal(of: request, context) { return refusal.response }
            return try await list(request).response
        }
        router.get("/2010-04-01/Accounts/{account}/Messages/{file}") { request, context in
            if let refusal = refusal(of: request, context) { return refusal.response }
            return try await fetch(context.parameters.get("file") ?? "").response
        }
        router.get("/v1/Services/{service}") { request, context in
            if let refusal = refusal(of: request, context) { return refusal.response }
            return service(context.parameters.get("service") ?? "").response
        }
        // The service's own document links there, and there is nothing.
        router.on("/v1/Services/{service}/Messages", method: .post) { request, context in
            (refusal(of: request, context) ?? Self.notFound).response
        }
    }

    private func create(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let form = CreateForm(String(buffer: try await request.body.collect(upTo: 1 << 20)))
        let refusal = form.problem.map { Answer.twilioError(400, $0.code, $0.message) }
        return try await simulator.handle(form.create, context: context, refusal: refusal) { nowMs in
            let status = form.create.service == nil ? "queued" : "accepted"
            let sid = simulator.sid("SM")
            return [(StoredMessage(accepting: form.create, sid: sid, status: status, nowMs: nowMs), [:])]
        } accepted: { messages in
            Answer(201, messages.first.map { document($0).json(isCreate: true) })
        }
    }

    private func fetch(_ file: String) async throws -> Answer {
        let sid = String(file.dropLast(5))
        guard file.hasSuffix(".json"), let message = try await simulator.ledger.message(sid),
            message.channel == "sms"
        else { return Self.notFound }
        return Answer(200, document(message).json(isCreate: false))
    }

    private func list(_ request: Request) async throws -> Answer {
        let query = FormFields(parsing: request.uri.query ?? "")
        let all = try await simulator.ledger.messages(
            to: query["To"], from: query["From"],
            createdBefore: simulator.clock.nowMs - Int64(simulator.play.listLagMs))
        return Answer(200, MessageList(query: query, accountSID: simulator.settings.accountSID).page(of: all))
    }

    private func service(_ sid: String) -> Answer {
        guard CreateForm.isSID(sid, "MG") else { return Self.notFound }
        let url = "https://messaging.twilio.com/v1/Services/\(sid)"
        let time = SimulatorClock.iso8601(simulator.clock.nowMs)
        return Answer(
            200,
            .object([
                "sid": .text(sid), "account_sid": .text(simulator.settings.accountSID),
                "friendly_name": "Simulated",
                "date_created": .text(time), "date_updated": .text(time), "status_callback": .null,
                "sticky_sender": .boolean(true), "smart_encoding": .boolean(false),
                "validity_period": .integer(36_000), "use_inbound_webhook_on_number": .boolean(false),
                "us_app_to_person_registered": .boolean(true), "usecase": "notifications", "url": .text(url),
                // The real service shows this address too, and the API has nothing there.
                "links": .object([
                    "messages": .text("\(url)/Messages"), "phone_numbers": .text("\(url)/PhoneNumbers"),
                ]),
            ]))
    }

    private func document(_ message: StoredMessage) -> MessageDocument {
        MessageDocument(message: message, accountSID: simulator.settings.accountSID)
    }

    private static var notFound: Answer { .twilioError(404, 20_404, "The requested resource was not found") }

    /// The answer where user, password or account are not ours.
    private func refusal(of request: Request, _ context: SimulatorContext) -> Answer? {
        let pair = "\(simulator.settings.accountSID):\(simulator.settings.authToken)"
        guard request.headers[.authorization] == "Basic " + Data(pair.utf8).base64EncodedString() else {
            return .twilioError(401, 20_003, "Authenticate")
        }
        guard let account = context.parameters.get("account") else { return nil }
        return account == simulator.settings.accountSID ? nil : Self.notFound
    }
}
