package import HTTPTransport

/// Believes further authorities beside those that a request names: of a proxy that inspects TLS (DESIGN 4.7).
package struct AddedAuthorities: Transport {
    private let inner: any Transport
    private let pem: String

    /// - Parameter pem: one or several certificates.
    package init(_ pem: String, over inner: any Transport) {
        self.pem = pem
        self.inner = inner
    }

    package func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        var request = request
        switch request.trust {
        case .authorities(let others, let checkDates):
            request.trust = .authorities(pem: others + "\n" + pem, checkDates: checkDates)
        case .system: request.trust = .authorities(pem: pem, checkDates: true)
        case .authorityFingerprint: break
        }
        return try await inner.send(request)
    }
}
