internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import RelayCore
internal import ServiceLifecycle

/// The public port: providers' webhooks and health checks; TLS by a given certificate, or plain behind a proxy.
package struct PublicListener: Service {
    private let listener: HTTPListener
    private let routes: PublicRoutes

    /// Nothing listens yet.
    /// - Parameters:
    ///   - host: address to listen on.
    ///   - port: 0 for one that the system chooses.
    ///   - certificate: nil for plain HTTP, which the configuration allows on loopback and behind a proxy.
    ///   - limits: what peers may take that are not known yet.
    package init(
        host: String, port: Int, certificate: ListenerCertificate?, context: RelayHTTPContext,
        limits: ListenerLimits = .webhooks, logger: Logger,
    ) {
        listener = HTTPListener(
            host: host, port: port, certificate: certificate, limits: limits, logger: logger)
        routes = PublicRoutes(context: context, room: BodyRoom(bytes: limits.bodyBytes))
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

/// What the public port answers.
struct PublicRoutes: Sendable {
    let context: RelayHTTPContext
    let room: BodyRoom

    /// Providers' requests are far smaller; SendGrid's batches end at 768 KiB.
    static let webhookBytesLimit = 2 << 20

    func respond(to request: Request) async -> Response {
        switch request.rawPath {
        case "/healthz": return .plain(200, "alive\n")
        case "/readyz":
            let readiness = await context.readiness()
            return .plain(readiness.isReady ? 200 : 503, readiness.sentence + "\n")
        default:
            // What is signed behind the configured address: a proxy may pass that address's own path on.
            let target = request.target
            guard let start = target.prefix(while: { $0 != "?" }).firstRange(of: "/w/")?.lowerBound else {
                return .plainProblem(404, "There is nothing at this address.")
            }
            return await webhook(request, target: String(target[start...]))
        }
    }

    private func webhook(_ request: Request, target: String) async -> Response {
        guard request.method == .post || request.method == .get else {
            return .plainProblem(405, "A webhook takes POST and GET only.", allowed: "GET, POST")
        }
        var share = room.share()
        defer { share.giveBack() }
        let body: [UInt8]
        switch await request.wholeBody(limit: Self.webhookBytesLimit, share: &share) {
        case .success(let bytes): body = bytes
        case .failure(.tooLarge): return Self.response(context.callbacks.refuse(.tooLarge))
        case .failure(.cut): return .plainProblem(400, "The body was cut.")
        case .failure(.noRoom):
            return .plainProblem(
                503, "Too many bodies are on their way at once. Call again later.", retryAfterSeconds: 5)
        }
        let reply = await context.callbacks.receive(
            WebhookRequest(
                method: request.method.rawValue, target: target, fields: request.allFields, body: body))
        return Self.response(reply)
    }

    private static func response(_ reply: WebhookReply) -> Response {
        Response(status: reply.status, mediaType: reply.mediaType, bytes: Array(reply.text.utf8))
    }
}

extension Response {
    fileprivate static func plain(_ status: Int, _ text: String) -> Response {
        Response(status: status, mediaType: "text/plain; charset=utf-8", bytes: Array(text.utf8))
    }
}
