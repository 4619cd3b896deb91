/// A request that got no whole answer, and what can be said about whether it left.
package struct TransportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong.
    package enum Kind: Equatable, Sendable {
        /// The host's or proxy's name has no address.
        case resolve
        /// No TCP connection.
        case connect
        /// The proxy refused, or wants other credentials.
        case proxy
        /// No TLS connection, with the cause.
        case tls(TLSProblem)
        /// The time was over; the connection was reset.
        case timeout
        /// The connection ended or was reset, or the answer was no HTTP.
        case reset
        /// The caller's `beforeTransfer` said no.
        case withheld
        /// The caller's task was cancelled, or the client was closed.
        case cancelled
        /// The answer is longer than the request allows.
        case responseTooLarge
        /// The request cannot be sent as it is written.
        case malformedRequest
        /// Anything else of libcurl.
        case other
    }

    /// Why TLS refused.
    package enum TLSProblem: Equatable, Sendable {
        /// The chain does not lead to a trusted authority; also what an inspecting proxy looks like.
        case untrusted
        /// By the host's clock a certificate's time has not come yet.
        case notYetValid
        /// By the host's clock a certificate's time is over.
        case expired
        /// The certificate is for another name.
        case wrongName
        /// No agreement on versions or ciphers, or an alert of the server.
        case handshake
    }

    /// What the server may have got.
    package enum Departure: Equatable, Sendable {
        /// Proved: the transport read nothing of the body (without a body: no byte of the request was sent).
        case notLeft
        /// The server may have the whole request, or a part, or nothing.
        case ambiguous
    }

    /// What went wrong.
    package let kind: Kind
    /// What the server may have got.
    package let departure: Departure
    /// libcurl's number, 0 where libcurl was not asked.
    package let code: Int32
    /// libcurl's own words; they hold no secret, but may name the host.
    package let detail: String

    /// For stand-ins of the transport in tests.
    package init(kind: Kind, departure: Departure, code: Int32 = 0, detail: String = "") {
        self.kind = kind
        self.departure = departure
        self.code = code
        self.detail = detail
    }

    package var description: String {
        switch kind {
        case .resolve: "The server's name has no address. Check the address and this host's DNS."
        case .connect: "No connection to the server. Check address, port, firewall and proxy."
        case .proxy: "The proxy refused. Check the proxy's address and credentials."
        case .tls(.untrusted):
            "The server's certificate comes from no trusted authority. Check the pin, or whether TLS is inspected."
        case .tls(.notYetValid), .tls(.expired):
            "The server's certificate is not valid at this host's time. Check this host's clock first."
        case .tls(.wrongName): "The server's certificate is for another name. Correct the address."
        case .tls(.handshake): "No agreement on TLS with the server. Check its certificate and TLS version."
        case .timeout: "The server did not answer in time. It may be slow, or the network is."
        case .reset: "The connection ended before the answer. The request may have been taken."
        case .withheld: "The request was withheld before its first byte left. It can be sent again."
        case .cancelled: "The request was cancelled."
        case .responseTooLarge: "The answer is longer than allowed. Check that the address is right."
        case .malformedRequest: "The request cannot be sent as it is written: \(detail). Correct the setting."
        case .other: "The request failed (curl \(code)): \(detail). Check the network."
        }
    }
}
