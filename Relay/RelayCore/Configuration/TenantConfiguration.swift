/// A tenant as the configuration describes it.
package struct TenantConfiguration: Hashable, Sendable {
    /// What happens to an invoice whose REF_DOC_NO another one bears (DESIGN.md 4.2).
    package enum ReferencePolicy: String, Sendable, CaseIterable { case flag, suppress, send }

    /// The key of everything that belongs to it.
    package let tenant: TenantID
    /// What people call it.
    package let title: String
    /// ISO 3166 code for phone numbers written without a country.
    package let country: String
    /// For texts where the recipient has no language.
    package let locale: String
    /// IANA name.
    package let timeZone: String
    /// For invoices that bear the same REF_DOC_NO.
    package let referencePolicy: ReferencePolicy
    /// Its accounts at providers, in the order of the file.
    package let accounts: [AccountConfiguration]
}

/// One account at Twilio or SendGrid.
package struct AccountConfiguration: Hashable, Sendable {
    /// Who runs it.
    package enum Provider: String, Sendable, CaseIterable { case twilio, sendgrid }

    /// How a channel's messages are sent.
    package enum Sender: Hashable, Sendable {
        /// A number in E.164, or an alphanumeric sender.
        case from(String)
        /// SID of a Messaging Service.
        case messagingService(String)
        /// E-mail address and name.
        case mail(String, name: String)
    }

    /// Our name for it.
    package let name: String
    /// Who runs it.
    package let provider: Provider
    /// Account SID; empty for SendGrid.
    package let identity: String
    /// Base address of its API.
    package let baseURL: String
    /// Senders by channel: `sms`, `email`.
    package let senders: [String: Sender]
    /// Creates per second; the token bucket of the account.
    package let perSecond: Int

    /// Where the provider's API is, unless the configuration says otherwise.
    package static func publicBaseURL(_ provider: Provider) -> String {
        switch provider {
        case .twilio: "https://api.twilio.com"
        case .sendgrid: "https://api.sendgrid.com"
        }
    }
}
