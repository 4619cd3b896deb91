internal import ConnectorProtocol
internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import RelayCore
internal import ServiceLifecycle

/// The agents' endpoint, always TLS: batches, syncs, pairing (Protocol/README.md, "Requests").
package struct AgentsListener: Service {
    private let listener: HTTPListener
    private let routes: AgentsRoutes

    /// Nothing listens yet.
    /// - Parameters:
    ///   - host: address to listen on.
    ///   - port: 0 for one that the system chooses.
    ///   - limits: what peers may take that are not known yet.
    package init(
        host: String, port: Int, certificate: ListenerCertificate, context: RelayHTTPContext,
        limits: ListenerLimits = .agents, logger: Logger,
    ) {
        listener = HTTPListener(
            host: host, port: port, certificate: certificate, limits: limits, logger: logger)
        routes = AgentsRoutes(context: context, room: BodyRoom(bytes: limits.bodyBytes))
    }

    /// The port, once it listens.
    /// - Throws: why it does not.
    package func boundPort() async throws -> Int { try await listener.bound.value() }

    /// Serves until it is cancelled or shut down gracefully.
    package func run() async throws {
        let routes = routes
        try await listener.run { await routes.respond(to: $0) }
    }
}

/// What the agents' endpoint answers.
struct AgentsRoutes: Sendable {
    let context: RelayHTTPContext
    let room: BodyRoom

    private enum Route {
        case batches(agent: String)
        case sync(agent: String)
        case hello
        case proof

        /// By the path as it was sent: an id has no character that would be escaped.
        init?(_ path: String) {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 4, parts[0].isEmpty, parts[1] == "v1" else { return nil }
            switch (parts[2], parts.count) {
            case ("agents", 5) where parts[4] == "batches" && !parts[3].isEmpty:
                self = .batches(agent: parts[3])
            case ("agents", 5) where parts[4] == "sync" && !parts[3].isEmpty: self = .sync(agent: parts[3])
            case ("pairing", 4) where parts[3] == "hello": self = .hello
            case ("pairing", 4) where parts[3] == "proof": self = .proof
            default: return nil
            }
        }

        var bodyLimit: Int {
            switch self {
            case .batches: ProtocolLimits.packedBytesLimit
            case .sync: ProtocolLimits.syncBytesLimit
            case .hello, .proof: ProtocolLimits.pairingBytesLimit
            }
        }

        var agent: String {
            switch self {
            case .batches(let agent), .sync(let agent): agent
            case .hello, .proof: ""
            }
        }
    }

    func respond(to request: Request) async -> Response {
        guard let route = Route(request.rawPath) else {
            return .plainProblem(404, "There is nothing at this address.")
        }
        guard request.method == .post else {
            return .plainProblem(405, "This address takes POST only.", allowed: "POST")
        }
        var share = room.share()
        defer { share.giveBack() }
        let body: [UInt8]
        switch await request.wholeBody(limit: route.bodyLimit, share: &share) {
        case .success(let bytes): body = bytes
        case .failure(.tooLarge):
            let detail = "A body here has at most \(route.bodyLimit) bytes."
            return Self.response(.problem(ProblemDocument(.tooLarge, detail: detail)))
        case .failure(.cut):
            return Self.response(.problem(ProblemDocument(.malformed, detail: "The body was cut.")))
        case .failure(.noRoom):
            let detail = "Too many bodies are on their way at once. Send the same bytes again later."
            return Self.response(.problem(ProblemDocument(.unavailable, detail: detail)))
        }
        let message = SignedRequest(
            method: request.method.rawValue, path: request.rawPath, fields: request.allFields)
        let agentRequest = AgentRequest(agent: route.agent, message: message, body: body)
        switch route {
        case .batches: return Self.response(await context.batches.receive(agentRequest))
        case .sync: return Self.response(await context.syncs.receive(agentRequest))
        case .hello: return Self.response(await context.pairing.hello(agentRequest))
        case .proof: return Self.response(await context.pairing.proof(agentRequest))
        }
    }

    private static func response(_ reply: AgentReply) -> Response {
        let isLater = [429, 503, 507].contains(reply.status)
        return Response(
            status: reply.status, mediaType: reply.mediaType, bytes: reply.bytes,
            retryAfterSeconds: isLater ? 5 : nil)
    }
}
