package import Cryptography
package import HTTPTransport

/// SendGrid's v3 mail send.
///
/// There is no list to ask and no idempotency key.
package struct SendGridClient: Sendable {
    private let baseAddress: String
    private let key: Secret
    private let trust: TransportTrust
    private let proxy: TransportProxy
    private let timeout: Duration
    private let transport: any Transport
    private let catalogue: ErrorCatalogue

    /// - Parameters:
    ///   - baseAddress: `https://api.sendgrid.com`, or the European one; without a slash at the end.
    ///   - key: SG.…
    ///   - timeout: for the whole request (**30 s**).
    package init(
        baseAddress: String = "https://api.sendgrid.com", key: Secret, trust: TransportTrust = .system,
        proxy: TransportProxy = .none, timeout: Duration = .seconds(30), transport: any Transport,
        catalogue: ErrorCatalogue,
    ) {
        self.baseAddress = baseAddress
        self.key = key
        self.trust = trust
        self.proxy = proxy
        self.timeout = timeout
        self.transport = transport
        self.catalogue = catalogue
    }

    /// Sends one mail; the request leaves at most once.
    ///
    /// A cancelled task waits for the answer all the same, which is the only proof of what was taken.
    /// - Parameter beforeTransfer: asked when the first byte of the body is wanted; false withholds it.
    package func send(_ mail: SendGridMail, beforeTransfer: (@Sendable () -> Bool)? = nil) async
        -> SendReport
    {
        guard let body = try? mail.json() else {
            return SendReport(.permanent(code: "json", class: .content))
        }
        var request = TransportRequest(
            "POST", baseAddress + "/v3/mail/send",
            headers: [("Authorization", "Bearer " + key.exposedText), ("Content-Type", "application/json")],
            body: body, idempotent: false, timeout: timeout, trust: trust, proxy: proxy,
            beforeTransfer: beforeTransfer)
        request.endsWithTask = false
        do {
            let response = try await transport.send(request)
            return SendReport(outcome(response), response)
        } catch {
            return SendReport(SendOutcome(error))
        }
    }

    /// The outcome that an answer proves.
    package func outcome(_ response: TransportResponse) -> SendOutcome {
        switch response.status {
        case 200...299:
            guard let id = response.header("x-message-id"), !id.isEmpty else {
                return .ambiguous(reason: "status \(response.status) without X-Message-Id")
            }
            return .accepted(reference: id)
        case 429:
            return .retryable(code: "429", after: RetryAfter.delay(response) ?? .seconds(5))
        case 400...499:
            // 413 comes as HTML from the front end, which has not taken it either.
            guard response.status == 413 || ProviderError.isSendGridList(response.body) else {
                return .ambiguous(reason: "status \(response.status) without SendGrid's body")
            }
            return catalogue.outcome(sendGridStatus: response.status)
        default:
            return .ambiguous(reason: "status \(response.status)")
        }
    }
}
