import Foundation
import Hummingbird

/// What tests and the demo tell the simulator and ask it, on a port of its own.
struct ControlRoutes: Sendable {
    let simulator: Simulator

    func add(to router: Router<SimulatorContext>) {
        router.get("/ledger") { _, _ in Answer(200, try await simulator.ledger.summary()).response }
        router.get("/faults") { _, _ in
            let plan = JSONValue.parse(try Self.text(simulator.faults.plan)) ?? .null
            let used = simulator.faults.uses.map { JSONValue.integer(Int64($0)) }
            return Answer(200, .object(["faults": plan["faults"] ?? .null, "used": .array(used)])).response
        }
        router.put("/faults") { request, _ in
            try await change(request, FaultPlan.self) { simulator.faults.replace($0) }
        }
        router.get("/settings") { _, _ in
            Answer(200, JSONValue.parse(try Self.text(simulator.play))).response
        }
        router.put("/settings") { request, _ in
            try await change(request, PlaySettings.self) { try await simulator.set($0) }
        }
        router.get("/public-key") { _, _ in
            Answer(200, .object(["public_key": .text(simulator.signer.eventPublicKey)])).response
        }
        router.get("/clock") { _, _ in
            Answer(200, .object(["now_ms": .integer(simulator.clock.nowMs)])).response
        }
        router.post("/clock") { request, _ in
            struct Step: Decodable { let advance_ms: Int64 }
            return try await change(request, Step.self) { simulator.clock.advance(ms: $0.advance_ms) }
        }
    }

    private func change<Body: Decodable>(
        _ request: Request, _ type: Body.Type, _ apply: (Body) async throws -> Void,
    ) async throws -> Response {
        let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
        let body: Body
        do {
            body = try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            return Answer(400, .object(["error": .text("The body is not what is expected: \(error)")]))
                .response
        }
        try await apply(body)
        return Answer(204).response
    }

    private static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
