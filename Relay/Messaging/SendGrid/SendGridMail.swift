import Foundation

/// One e-mail to be sent.
package struct SendGridMail: Equatable, Sendable {
    /// Names of our custom arguments; prefixed, because SendGrid drops those named like fields of its own.
    package enum Argument {
        /// The notification's id.
        package static let notification = "ml_notification"
        /// The attempt's number.
        package static let attempt = "ml_attempt"
        /// The attempt's nonce.
        package static let nonce = "ml_nonce"
    }

    /// Address of the recipient.
    package var to: String
    /// Address of the sender.
    package var from: String
    /// Shown beside it; may be nil.
    package var fromName: String?
    /// One line; line ends are collapsed (case C072).
    package var subject: String
    /// The plain text.
    package var text: String
    /// The same as HTML; may be nil.
    package var html: String?
    /// Come back with every event; strings only (case C069), and never personal data.
    package var customArguments: [String: String]

    package init(
        to: String, from: String, fromName: String? = nil, subject: String, text: String, html: String? = nil,
        customArguments: [String: String],
    ) {
        self.to = to
        self.from = from
        self.fromName = fromName
        self.subject = Self.oneLine(subject)
        self.text = text
        self.html = html
        self.customArguments = customArguments
    }

    /// Control characters become blanks and blanks in a row become one, so that no header can be added.
    package static func oneLine(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Character in
            let isControl = scalar.value < 32 || 127...159 ~= scalar.value || 0x2028...0x2029 ~= scalar.value
            return isControl ? " " : Character(scalar)
        }
        return String(scalars).split(separator: " ").joined(separator: " ")
    }

    /// The body of POST /v3/mail/send.
    func json() throws -> [UInt8] {
        var sender: [String: Any] = ["email": from]
        if let fromName { sender["name"] = Self.oneLine(fromName) }
        var content: [[String: Any]] = [["type": "text/plain", "value": text.isEmpty ? " " : text]]
        if let html, !html.isEmpty { content.append(["type": "text/html", "value": html]) }
        let document: [String: Any] = [
            "personalizations": [["to": [["email": to]], "custom_args": customArguments]],
            "from": sender, "subject": subject.isEmpty ? "-" : subject, "content": content,
        ]
        return [UInt8](
            try JSONSerialization.data(
                withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes]))
    }
}
