internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore

/// One port that serves one function: what both listeners are made of.
struct HTTPListener: Sendable {
    let host: String
    let port: Int
    let certificate: ListenerCertificate?
    let limits: ListenerLimits
    let logger: Logger
    let bound = BoundPort()

    /// All fields of a request together; ours have about one KiB.
    private static let fieldBytesLimit = 32 << 10

    /// Serves until it is cancelled or shut down gracefully.
    func run(_ respond: @escaping @Sendable (Request) async -> Response) async throws {
        do {
            let limits = limits
            let http = HTTPServerBuilder.http1(
                configuration: .init(
                    additionalChannelHandlers: [RequestDeadlines(limits: limits)],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.fieldBytesLimit, maxHeaderListSize: Self.fieldBytesLimit)))
            let server = try certificate.map { certificate in
                try HTTPServerBuilder.tls(http, tlsConfiguration: try certificate.configuration)
            }
            let application = Application(
                responder: CallbackResponder<BasicRequestContext> { request, _ in await respond(request) },
                server: server ?? http,
                configuration: .init(
                    address: .hostname(host, port: port), serverName: "ml-relay",
                    availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
                onServerRunning: { [bound] channel in
                    bound.settle(.success(channel.localAddress?.port ?? 0))
                },
                logger: logger)
            try await application.run()
            bound.settle(.failure(CancellationError()))
        } catch {
            bound.settle(.failure(error))
            throw error
        }
    }
}

extension Request {
    /// The request target as it stands in the request line.
    var target: String { head.path ?? "/" }

    /// The target without its query.
    var rawPath: String { String(target.prefix { $0 != "?" }) }

    /// All fields in their order, names in lower case.
    var allFields: [(name: String, value: String)] {
        headers.map { ($0.name.canonicalName, $0.value) }
    }

    /// The whole body, or why not.
    ///
    /// - Parameters:
    ///   - limit: bytes that it may have.
    ///   - share: what it takes of the listener's memory, to be given back when the request is answered.
    func wholeBody(limit: Int, share: inout BodyRoom.Share) async -> Result<[UInt8], BodyProblem> {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
            return .failure(.tooLarge)
        }
        var bytes: [UInt8] = []
        do {
            for try await buffer in body {
                guard bytes.count + buffer.readableBytes <= limit else { return .failure(.tooLarge) }
                guard share.take(buffer.readableBytes) else { return .failure(.noRoom) }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch {
            return .failure(.cut)
        }
        return .success(bytes)
    }
}

/// Why a body could not be had: it is over its limit, the peer ended before it was whole or took too long, or the
/// bodies of all connections together are over theirs.
enum BodyProblem: Error {
    case tooLarge, cut, noRoom
}

extension Response {
    /// An answer of its parts; nobody on the way may keep it.
    init(status: Int, mediaType: String?, bytes: [UInt8], retryAfterSeconds: Int? = nil) {
        var fields = HTTPFields()
        fields[.contentType] = mediaType
        fields[.cacheControl] = "no-store"
        fields[.retryAfter] = retryAfterSeconds.map(String.init)
        self.init(
            status: .init(code: status), headers: fields,
            body: bytes.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A refusal that no type of the protocol stands for.
    ///
    /// - Parameter allowed: the methods that the address takes, where it does not take the request's.
    static func plainProblem(
        _ status: Int, _ title: String, allowed: String? = nil, retryAfterSeconds: Int? = nil,
    ) -> Response {
        let json = "{\"status\":\(status),\"title\":\"\(title)\",\"type\":\"about:blank\"}"
        var response = Response(
            status: status, mediaType: "application/problem+json", bytes: Array(json.utf8),
            retryAfterSeconds: retryAfterSeconds)
        response.headers[.allow] = allowed
        return response
    }
}
