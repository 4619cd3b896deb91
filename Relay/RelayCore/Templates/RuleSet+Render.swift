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
        let text = Self.printable(variant.text.render(root)).trimmingCharacters(in: .newlines)
        let subject = variant.subject.map { Self.oneLine($0.render(root)) }
        guard text.contains(where: { !$0.isWhitespace }), subject != "" else {
            throw .empty(template: notify.template)
        }
        // A provider refuses a longer SMS for good: cut, it still tells what matters (case C094).
        let isSMS = notify.channel == .sms
        return RenderedMessage(
            subject: subject, text: isSMS ? MessageSegments.cut(text, toParts: notify.maxSegments) : text,
            html: variant.html.map { Self.printable($0.render(root)) })
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
        blanked(text) { isControl($0) && $0 != "\n" && $0 != "\t" }
    }

    /// A subject that SAP text cannot break into headers (case C072): blanks for line ends and control characters.
    private static func oneLine(_ text: String) -> String {
        blanked(text) { isControl($0) || $0 == "\u{2028}" || $0 == "\u{2029}" }
            .split(separator: " ").joined(separator: " ")
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// The text with blanks for what `isOut` names; nearly always it is the text as it was.
    private static func blanked(_ text: String, _ isOut: (Unicode.Scalar) -> Bool) -> String {
        guard text.unicodeScalars.contains(where: isOut) else { return text }
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { kept.append(isOut(scalar) ? " " : scalar) }
        return String(kept)
    }
}
