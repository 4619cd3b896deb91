import HTTPTypes
import Hummingbird

/// SendGrid's mail/send.
struct MailRoutes: Sendable {
    let simulator: Simulator

    func add(to router: Router<SimulatorContext>) {
        router.post("/v3/mail/send") { request, context in
            guard request.headers[.authorization] == "Bearer \(simulator.settings.sendGridKey)" else {
                let message = "The provided authorization grant is invalid, expired, or revoked"
                return Answer.sendGridError(401, message).response
            }
            return try await send(request, context)
        }
    }

    private func send(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let form = MailForm(String(buffer: try await request.body.collect(upTo: 32 << 20)))
        let refusal = form.problem.map { Answer.sendGridError(400, $0.message, field: $0.field) }
        let messageID = simulator.sid("")
        return try await simulator.handle(form.create, context: context, refusal: refusal) { nowMs in
            form.recipients.enumerated().map { index, recipient in
                var create = form.create
                create.to = recipient.address
                create.correlation = JSONValue.object(recipient.arguments).rendered
                let sid = "\(messageID).filterdrecv-simulator-\(index)"
                let message = StoredMessage(accepting: create, sid: sid, status: "accepted", nowMs: nowMs)
                return (message, recipient.arguments)
            }
        } accepted: { _ in
            var answer = Answer(202)
            answer.headers = [("X-Message-Id", messageID)]
            return answer
        }
    }
}
