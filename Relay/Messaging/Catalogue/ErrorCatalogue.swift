package import Foundation

/// The providers' error codes as data: class, delay and remedy of each.
package struct ErrorCatalogue: Sendable {
    /// One code.
    package struct Entry: Codable, Equatable, Sendable {
        /// Twilio's number, or SendGrid's HTTP status.
        package let code: Int
        /// What is to be done.
        package let kind: ErrorClass
        /// Seconds until the same request may be sent again; for the class `retry` only.
        package let delaySeconds: Int?
        /// What it means, in our words.
        package let text: String
        /// What a person does about it.
        package let remedy: String
    }

    private struct Content: Codable {
        let twilio: [Entry]
        let sendgrid: [Entry]
    }

    private let twilio: [Int: Entry]
    private let sendgrid: [Int: Entry]

    /// Reads the catalogue's JSON (Relay/Resources/Catalogue/provider-errors.json).
    /// - Throws: `DecodingError` when it is not in that form.
    package init(json: Data) throws {
        let content = try JSONDecoder().decode(Content.self, from: json)
        twilio = Dictionary(content.twilio.map { ($0.code, $0) }) { first, _ in first }
        sendgrid = Dictionary(content.sendgrid.map { ($0.code, $0) }) { first, _ in first }
    }

    /// The entry of a code of Twilio, nil where the catalogue does not know it.
    package func twilio(_ code: Int) -> Entry? { twilio[code] }

    /// The entry of an HTTP status of SendGrid, nil where the catalogue does not know it.
    package func sendGrid(_ status: Int) -> Entry? { sendgrid[status] }

    /// The outcome of a refusal by Twilio's code; an unknown code is permanent.
    package func outcome(twilioCode code: Int) -> SendOutcome {
        Self.outcome(code: "\(code)", twilio[code])
    }

    /// The outcome of a refusal by SendGrid's HTTP status; an unknown one is permanent.
    package func outcome(sendGridStatus status: Int) -> SendOutcome {
        Self.outcome(code: "\(status)", sendgrid[status])
    }

    private static func outcome(code: String, _ entry: Entry?) -> SendOutcome {
        guard let entry else { return .permanent(code: code, class: .unknown) }
        guard entry.kind == .retry else { return .permanent(code: code, class: entry.kind) }
        return .retryable(code: code, after: .seconds(entry.delaySeconds ?? 60))
    }
}
