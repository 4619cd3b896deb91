/// One HTTP request, sent over HTTP/1.1.
///
/// Redirects are never followed.
package struct TransportRequest: Sendable {
    /// Upper-case method.
    package var method: String
    /// Absolute address, `http` or `https`.
    package var url: String
    /// Header fields as they are sent, in order.
    ///
    /// Host and Content-Length are the transport's.
    package var headers: [(name: String, value: String)]
    /// The body, or nil for a request that has none.
    package var body: [UInt8]?
    /// Whether the server may get the request twice without harm.
    ///
    /// Where not, a body is needed, and once the transport has read of it the request is never repeated
    /// (facts/toolchain.md section 3).
    package var idempotent: Bool
    /// For the whole request, connecting included; when it is over the connection is reset.
    package var timeout: Duration
    /// For name look-up, TCP and TLS together.
    package var connectTimeout: Duration
    /// Whom the client believes.
    package var trust: TransportTrust
    /// How the request leaves this network.
    package var proxy: TransportProxy
    /// A longer answer is an error (`TransportError.Kind.responseTooLarge`).
    package var responseBodyLimit: Int
    /// Asked once, on the transport's thread, when the transport wants the first byte of the body; false ends
    /// the request as `notLeft`.
    ///
    /// Must not block.
    package var beforeTransfer: (@Sendable () -> Bool)?
    /// Whether a cancelled task ends the request.
    ///
    /// False for what may have been taken once it is under way: its answer is then waited for, at most for
    /// `timeout`.
    package var endsWithTask = true

    /// A request with defaults: idempotent as its method says, 30 s in all, 10 s to connect, the system's
    /// authorities, no proxy, answers of at most 4 MiB.
    package init(
        _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        idempotent: Bool? = nil, timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(10),
        trust: TransportTrust = .system, proxy: TransportProxy = .none, responseBodyLimit: Int = 4 << 20,
        beforeTransfer: (@Sendable () -> Bool)? = nil,
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.idempotent = idempotent ?? (method != "POST" && method != "PATCH")
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.trust = trust
        self.proxy = proxy
        self.responseBodyLimit = responseBodyLimit
        self.beforeTransfer = beforeTransfer
    }
}
