internal import ConnectorProtocol
internal import Mustache
internal import RuleLanguage

/// A named template: for each channel the texts in one or more languages.
struct MessageTemplate: Sendable {
    /// The texts of one channel in one language.
    struct Variant: Sendable {
        /// Nil where the file names no language.
        let locale: String?
        let subject: TemplatePart?
        let text: TemplatePart
        let html: TemplatePart?

        var parts: [TemplatePart] { [subject, text, html].compactMap(\.self) }
    }

    let name: String
    /// In the order of the file.
    let variants: [Channel: [Variant]]

    /// The variant for the first of these languages that there is one for, by full tag, then by language; else the
    /// one without a language, else the first.
    func variant(_ channel: Channel, locales: [String]) -> Variant? {
        guard let all = variants[channel] else { return nil }
        for locale in locales {
            let tag = locale.lowercased().replacing("_", with: "-")
            let language = LocaleTag.language(of: locale)
            for wanted in [tag, language] {
                if let found = all.first(where: {
                    $0.locale?.lowercased().replacing("_", with: "-") == wanted
                }) {
                    return found
                }
            }
            if let near = all.first(where: { $0.locale.map(LocaleTag.language) == language }) { return near }
        }
        return all.first { $0.locale == nil } ?? all.first
    }
}

/// One text with tags.
struct TemplatePart: Sendable {
    let tags: [TemplateTag]
    /// What is wrong with its form; a part with problems is never rendered.
    let problems: [TemplateProblem]
    let source: SourceMap
    let isHTML: Bool
    private let template: MustacheTemplate?

    init(_ text: String, source: SourceMap, isHTML: Bool) {
        let scanned = TemplateScanner.scan(text)
        var problems = scanned.problems
        tags = scanned.tags
        self.source = source
        self.isHTML = isHTML
        var template: MustacheTemplate?
        if problems.isEmpty {
            do {
                // What is no HTML is written as it is (case C110); the pragma's line leaves no trace.
                template = try MustacheTemplate(string: isHTML ? text : "{{% CONTENT_TYPE:TEXT}}\n" + text)
            } catch {
                problems.append(
                    TemplateProblem(line: 1, column: 1, sentence: "the template cannot be read: \(error)"))
            }
        }
        self.template = template
        self.problems = problems
    }

    func render(_ root: TemplateRoot) -> String { template?.render(root) ?? "" }
}
