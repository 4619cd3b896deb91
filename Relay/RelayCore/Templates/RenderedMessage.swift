/// A message as it goes to the provider.
package struct RenderedMessage: Hashable, Sendable {
    /// One line; e-mail only.
    package let subject: String?
    /// Plain text; an SMS is no longer than the provider and the rule allow, with three full stops where it was cut.
    package let text: String
    /// The HTML form beside the text; e-mail only, and only where the template has one.
    package let html: String?
}

/// Whom a message is rendered for.
package struct RenderedRecipient: Hashable, Sendable {
    /// As the directory or the document has it; empty where nobody knows.
    package let name: String
    /// The recipient's own language (`de`, `de-AT`); nil where it is not known.
    package let locale: String?
    /// The language of last resort.
    package let tenantLocale: String
    /// Zone for times of day, an IANA name; nil: UTC.
    package let timeZone: String?

    /// A recipient of these properties.
    package init(name: String, locale: String? = nil, tenantLocale: String = "en", timeZone: String? = nil) {
        self.name = name
        self.locale = locale
        self.tenantLocale = tenantLocale
        self.timeZone = timeZone
    }
}

/// Why a message could not be rendered.
package enum TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The set has no such template, or it has no text for the channel.
    case missing(template: String, channel: String)
    /// The event's record cannot be read by its own schema.
    case unreadableRecord(String)
    /// Nothing but blanks came out as text or subject: an empty message is never sent.
    case empty(template: String)

    /// A word for decisions and counters.
    package var code: String {
        switch self {
        case .missing: "template_missing"
        case .unreadableRecord: "record_unreadable"
        case .empty: "template_empty"
        }
    }

    package var description: String {
        switch self {
        case .missing(let template, let channel): "The template \"\(template)\" has no text for \(channel)."
        case .unreadableRecord(let problem): "The event's record cannot be read: \(problem)."
        case .empty(let template): "The template \"\(template)\" gave an empty text or subject."
        }
    }
}
