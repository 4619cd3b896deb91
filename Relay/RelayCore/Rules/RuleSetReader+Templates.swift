internal import RuleLanguage
internal import YAMLDocument

/// A template with where its name stands.
struct PlacedTemplate {
    let template: MessageTemplate
    let place: YAMLPlace
}

extension RuleSetReader {
    mutating func readTemplates(_ node: YAMLNode?) -> [String: PlacedTemplate] {
        guard let node, let entries = attempt({ try node.entries() }) else { return [:] }
        var templates: [String: PlacedTemplate] = [:]
        for entry in entries {
            guard let channels = attempt({ try entry.value.entries() }) else { continue }
            checkKeys(channels, known: Channel.allCases.map(\.rawValue))
            var variants: [Channel: [MessageTemplate.Variant]] = [:]
            for channel in channels {
                guard let kind = Channel(rawValue: channel.key) else { continue }
                variants[kind] = readVariants(channel.value, kind)
            }
            if channels.isEmpty { report(entry.value, "the template has no text for any channel") }
            templates[entry.key] = PlacedTemplate(
                template: MessageTemplate(name: entry.key, variants: variants), place: entry.place)
        }
        return templates
    }

    /// Either the text itself, or one for each language.
    private mutating func readVariants(_ node: YAMLNode, _ channel: Channel) -> [MessageTemplate.Variant] {
        let parts = ["subject", "text", "html"]
        guard case .mapping(let entries) = node.content,
            channel == .sms || !entries.contains(where: { parts.contains($0.key) })
        else { return readVariant(node, channel, locale: nil).map { [$0] } ?? [] }
        var variants: [MessageTemplate.Variant] = []
        for entry in entries {
            guard LocaleTag.isWellFormed(entry.key) else {
                report(
                    line: entry.place.line, column: entry.place.column,
                    "\"\(entry.key)\" is no language\(channel == .email ? " and no part of a mail" : "")",
                    NearestName.hint(for: entry.key, among: channel == .email ? parts : [])
                        ?? "write it as de, en or pt-BR")
                continue
            }
            if let variant = readVariant(entry.value, channel, locale: entry.key) { variants.append(variant) }
        }
        if entries.isEmpty { report(node, "there is no text") }
        return variants
    }

    private mutating func readVariant(
        _ node: YAMLNode, _ channel: Channel, locale: String?,
    ) -> MessageTemplate.Variant? {
        switch channel {
        case .sms:
            guard let text = readPart(node, isHTML: false) else { return nil }
            return MessageTemplate.Variant(locale: locale, subject: nil, text: text, html: nil)
        case .email:
            guard let entries = attempt({ try node.entries() }) else { return nil }
            checkKeys(entries, known: ["subject", "text", "html"])
            let subject = required("subject", in: entries, of: node).flatMap { readPart($0, isHTML: false) }
            let text = required("text", in: entries, of: node).flatMap { readPart($0, isHTML: false) }
            let html = value(of: "html", in: entries).flatMap { readPart($0, isHTML: true) }
            guard let subject, let text else { return nil }
            return MessageTemplate.Variant(locale: locale, subject: subject, text: text, html: html)
        }
    }

    private mutating func readPart(_ node: YAMLNode, isHTML: Bool) -> TemplatePart? {
        guard let text = attempt({ try node.string() }) else { return nil }
        let map = SourceMap(node, lines: lines)
        guard text.contains(where: { !$0.isWhitespace }) else {
            report(node, "the text is empty")
            return nil
        }
        let part = TemplatePart(text, source: map, isHTML: isHTML)
        report(part.problems, map)
        return part
    }

    private mutating func report(_ problems: [TemplateProblem], _ map: SourceMap) {
        for problem in problems {
            let place = map.place(line: problem.line, column: problem.column)
            report(line: place.line, column: place.column, problem.sentence, problem.suggestion)
        }
    }

    /// Every template against the fields of each event type that a rule uses it for.
    mutating func checkTemplates(_ templates: [String: PlacedTemplate], rules: [Rule]) {
        // A stored set was checked; what an event does not have is left empty.
        guard !isStored else { return }
        for (name, placed) in templates.sorted(by: { $0.key < $1.key }) {
            let uses = rules.flatMap { rule in
                rule.notify.filter { $0.template == name }.map { (rule.on, $0.channel) }
            }
            if uses.isEmpty {
                report(
                    line: placed.place.line, column: placed.place.column,
                    "no rule uses the template \"\(name)\"", nil, .warning)
            }
            for (type, channel) in uses {
                guard let schema = catalogue.record(of: type) else { continue }
                for part in placed.template.variants[channel, default: []].flatMap(\.parts) {
                    report(
                        TemplateChecker.check(part.tags, against: schema, type: type, isHTML: part.isHTML),
                        part.source)
                }
            }
        }
    }
}
