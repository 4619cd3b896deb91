package import Cryptography
package import HTTPTransport

/// Where and as whom Twilio's REST API is asked.
package struct TwilioAccount: Sendable {
    /// `https://api.twilio.com`, without a slash at the end; a setting.
    package var baseAddress: String
    /// AC…; stands in the path, whatever logs on.
    package var accountSID: String
    /// The account itself, or an API key (SK…).
    package var user: String
    /// The Auth Token, or the key's secret.
    package var password: Secret
    /// Whom the client believes.
    package var trust: TransportTrust
    /// How requests leave this network.
    package var proxy: TransportProxy
    /// For one whole request (**30 s**).
    package var timeout: Duration

    /// - Parameter apiKey: SID of an API key, where `password` is its secret; nil with an Auth Token.
    package init(
        baseAddress: String = "https://api.twilio.com", accountSID: String, apiKey: String? = nil,
        password: Secret,
        trust: TransportTrust = .system, proxy: TransportProxy = .none, timeout: Duration = .seconds(30),
    ) {
        self.baseAddress = baseAddress
        self.accountSID = accountSID
        user = apiKey ?? accountSID
        self.password = password
        self.trust = trust
        self.proxy = proxy
        self.timeout = timeout
    }

    func request(_ method: String, _ target: String) -> TransportRequest {
        let credentials = Base64.encode(Array("\(user):\(password.exposedText)".utf8))
        return TransportRequest(
            method, baseAddress + target,
            headers: [("Authorization", "Basic " + credentials), ("Accept", "application/json")],
            timeout: timeout,
            trust: trust, proxy: proxy)
    }

    var messagesPath: String { "/2010-04-01/Accounts/\(accountSID)/Messages" }
}
