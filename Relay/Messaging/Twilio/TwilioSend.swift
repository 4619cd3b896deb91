/// One message to be created.
package struct TwilioSend: Equatable, Sendable {
    /// Who sends.
    package enum Sender: Equatable, Hashable, Sendable {
        /// One of our numbers, short codes or names.
        case number(String)
        /// A messaging service (MG…).
        case service(String)
    }

    /// E.164.
    package var to: String
    /// Who sends.
    package var sender: Sender
    /// The text, at most 1600 characters.
    package var body: String
    /// Our webhook with notification, attempt and nonce in its path.
    package var statusCallback: String
    /// 1 to 36,000 seconds; what is not sent by then fails as 30036.
    package var validitySeconds: Int

    package init(to: String, sender: Sender, body: String, statusCallback: String, validitySeconds: Int) {
        self.to = to
        self.sender = sender
        self.body = body
        self.statusCallback = statusCallback
        self.validitySeconds = validitySeconds
    }

    /// The form of the create.
    ///
    /// The fragment asks Twilio for its retries and is not signed.
    var form: String {
        var pairs: [(name: String, value: String)] = [("To", to)]
        switch sender {
        case .number(let number): pairs.append(("From", number))
        case .service(let sid): pairs.append(("MessagingServiceSid", sid))
        }
        pairs.append(("Body", body))
        pairs.append(("StatusCallback", statusCallback + "#rc=5&rp=all"))
        pairs.append(("ValidityPeriod", "\(min(max(validitySeconds, 1), 36_000))"))
        return FormEncoding.encode(pairs)
    }
}
