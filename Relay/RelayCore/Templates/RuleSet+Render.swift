internal import ConnectorProtocol
internal import Cryptography
internal import Foundation
internal import Messaging
internal import RuleLanguage
internal import Values

extension RuleSet {
    /// The text of a message, in the recipient's language, with values escaped as its channel wants it.
    ///
    /// Text and SMS take values as they are, HTML takes them escaped, a subject is one line.
    package func render(
        notify: Notify, rule: Rule, event: RuleEvent, recipient: RenderedRecipient,
    ) throws(TemplateError) -> RenderedMessage {
        let locales = [recipient.locale, rule.locale, recipient.tenantLocale].compactMap(\.self)
        guard let variant = templates[notify.template]?.variant(notify.channel, locales: locales) else {
            throw .missing(template: notify.template, channel: notify.channel.rawValue)
        }
        let record: Record
        do {
            record = try event.record()
        } catch {
            throw .unreadableRecord("\(error)")
        }
        let locale = variant.locale.map { Self.locale($0, for: locales) } ?? locales[0]
        let format = ValueFormat(locale: locale, timeZone: recipient.timeZone)
        let root = TemplateRoot(
            record: TemplateRecord(
                record: record, fields: event.schema.fields,
                schema: groups[event.type]?.schema ?? RecordSchema(event.schema.fields), format: format),
            attributes: Self.attributes(event, rule, recipient, locale: locale, format))
        var text = Self.printable(variant.text.render(root)).trimmingCharacters(in: .newlines)
        guard text.contains(where: { !$0.isWhitespace }) else { throw .empty(template: notify.template) }
        // A provider refuses a longer one for good: cut, it still tells what matters (case C094).
        if notify.channel == .sms { text = MessageSegments.cut(text, toParts: notify.maxSegments) }
        return RenderedMessage(
            subject: variant.subject.map { Self.oneLine($0.render(root)) }, text: text,
            html: variant.html.map { $0.render(root) })
    }

    /// The recipient's own region where the template's language is theirs: `de-AT` for a template in `de`.
    private static func locale(_ own: String, for wanted: [String]) -> String {
        wanted.first { LocaleTag.language(of: $0) == LocaleTag.language(of: own) } ?? own
    }

    private static func attributes(
        _ event: RuleEvent, _ rule: Rule, _ recipient: RenderedRecipient, locale: String,
        _ format: ValueFormat,
    ) -> [String: [String: TemplateValue]] {
        func text(_ value: String) -> TemplateValue { TemplateValue(value, format) }
        let time = event.time.instant
        return [
            "event": [
                "id": text(event.id.hexadecimal), "type": text(event.type), "subject": text(event.subject),
                "source": text(event.source), "origin": text(event.origin.rawValue),
                "time": event.time.precision == .day
                    ? TemplateValue(.date(event.time.stamp.date), isKey: false, isMoney: false, format)
                    : TemplateValue(time.map { .timestamp($0) }, isKey: false, isMoney: false, format),
                "detected_at": TemplateValue(
                    .timestamp(event.detectedAt), isKey: false, isMoney: false, format),
            ],
            "recipient": ["name": text(recipient.name), "locale": text(locale)],
            "rule": ["name": text(rule.name), "severity": text(rule.severity.rawValue)],
        ]
    }

    /// Control characters in SAP's texts are for no phone and no reader; line ends and tabs stay.
    private static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
                    ? " " : Character(scalar)
            })
    }

    /// A subject that SAP text cannot break into headers (case C072): blanks for line ends and control characters.
    private static func oneLine(_ text: String) -> String {
        let plain = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
                ? " " : Character(scalar)
        }
        return String(plain).split(separator: " ").joined(separator: " ")
    }
}
