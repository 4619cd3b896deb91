internal import RuleLanguage

/// Holds the tags of a template against the fields of an event type.
struct TemplateChecker {
    /// What a name in a template stands for.
    private indirect enum Meaning {
        case record(RecordSchema)
        /// The names that stand beside the record at the top.
        case names([String])
        case value(RecordSchema.Kind)
        case list(Meaning)
        case truth
    }

    /// Names beside the fields of the record, with what they hold.
    static let attributes: [String: [String]] = [
        "event": ["id", "type", "subject", "source", "origin", "time", "detected_at"],
        "recipient": ["name", "locale"],
        "rule": ["name", "severity"],
    ]
    /// What names are looked up in, with the path that leads there from the event's record: `items`.
    private typealias Scope = (meaning: Meaning, path: [String])

    private static let positions: Set<String> = ["first", "last", "index", "even", "odd"]

    private let schema: RecordSchema
    private let type: String
    /// Whether values are written into HTML.
    private let isHTML: Bool
    private var problems: [TemplateProblem] = []

    private init(_ schema: RecordSchema, type: String, isHTML: Bool) {
        self.schema = schema
        self.type = type
        self.isHTML = isHTML
    }

    /// All problems of these tags for events of `type`.
    static func check(
        _ tags: [TemplateTag], against schema: RecordSchema, type: String, isHTML: Bool,
    ) -> [TemplateProblem] {
        var checker = TemplateChecker(schema, type: type, isHTML: isHTML)
        checker.check(tags, scopes: [(.record(schema), [])], lists: [])
        return checker.problems
    }

    /// - Parameter lists: the paths of those whose sections the tags stand in.
    private mutating func check(_ tags: [TemplateTag], scopes: [Scope], lists: [[String]]) {
        for tag in tags {
            if tag.path.isEmpty, tag.functions.count == 1, Self.positions.contains(tag.functions[0]) {
                if lists.isEmpty {
                    report(tag, "\(tag.text) is about the item of a list, and there is none here")
                }
                check(tag.children, scopes: scopes, lists: lists)
                continue
            }
            guard let meaning = meaning(of: tag, scopes: scopes.map(\.meaning)) else {
                check(tag.children, scopes: scopes, lists: lists)
                continue
            }
            switch tag.kind {
            case .variable: checkVariable(tag, meaning)
            case .unescaped:
                checkVariable(tag, meaning)
                if isHTML {
                    report(
                        tag, "text from SAP would stand in the HTML unescaped", "write {{\(tag.text)}}")
                }
            case .inverted: check(tag.children, scopes: scopes, lists: lists)
            case .section: checkSection(tag, meaning, scopes: scopes, lists: lists)
            }
        }
    }

    private mutating func checkSection(
        _ tag: TemplateTag, _ meaning: Meaning, scopes: [Scope], lists: [[String]],
    ) {
        let path = Self.path(of: tag, in: scopes)
        switch meaning {
        case .list(let item):
            if lists.contains(path) {
                // A name that an item lacks is the outer record's: a thousand items would be a million texts.
                report(
                    tag, "{{#\(tag.text)}} goes over a list again inside of itself",
                    "close the outer section first")
            }
            check(tag.children, scopes: scopes + [(item, path)], lists: lists + [path])
        case .truth: check(tag.children, scopes: scopes, lists: lists)
        default: check(tag.children, scopes: scopes + [(meaning, path)], lists: lists)
        }
    }

    /// The path from the event's record to what a tag names.
    private static func path(of tag: TemplateTag, in scopes: [Scope]) -> [String] {
        guard let head = tag.path.first else { return scopes.last?.path ?? [] }
        if let scope = scopes.last(where: { member(head, of: $0.meaning) != nil }) {
            return scope.path + tag.path
        }
        return head == "e" ? Array(tag.path.dropFirst()) : tag.path
    }

    private mutating func checkVariable(_ tag: TemplateTag, _ meaning: Meaning) {
        switch meaning {
        case .value(.bytes): report(tag, "\"\(tag.text)\" holds bytes, which no message can show")
        case .value, .truth: break
        case .list:
            report(tag, "\"\(tag.text)\" is a list", "write {{#\(tag.text)}} … {{/\(tag.text)}}")
        case .record(let record):
            let first = record.fields.first?.name ?? "name"
            report(tag, "\"\(tag.text)\" is a record", "name a field of it, such as {{\(tag.text).\(first)}}")
        case .names(let names):
            report(
                tag, "\"\(tag.text)\" is no value", "name a part of it, such as {{\(tag.text).\(names[0])}}")
        }
    }

    private mutating func meaning(of tag: TemplateTag, scopes: [Meaning]) -> Meaning? {
        var found: Meaning?
        if let head = tag.path.first {
            found = scopes.reversed().lazy.compactMap { Self.member(head, of: $0) }.first ?? top(head)
            guard found != nil else {
                let known = scopes.reversed().flatMap(Self.names) + ["e"] + Self.attributes.keys.sorted()
                report(
                    tag, "\(type) has no field \"\(head)\"", NearestName.hint(for: head, among: known))
                return nil
            }
            for name in tag.path.dropFirst() {
                guard let meaning = found else { return nil }
                found = Self.member(name, of: meaning)
                if found == nil {
                    let parent = tag.path.prefix { $0 != name }.joined(separator: ".")
                    report(
                        tag, "\"\(parent)\" has no field \"\(name)\"",
                        NearestName.hint(for: name, among: Self.names(of: meaning)))
                    return nil
                }
            }
        } else {
            found = scopes.last
        }
        for function in tag.functions.reversed() {
            guard let meaning = found else { return nil }
            found = Self.result(of: function, on: meaning)
            if found == nil {
                let name = tag.path.joined(separator: ".")
                if TemplateFunction.names.contains(function) {
                    report(tag, "\(function)() is not for what \"\(name)\" holds")
                } else {
                    report(
                        tag, "there is no function \(function)()",
                        NearestName.hint(for: function, among: TemplateFunction.names)
                            ?? "known are \(TemplateFunction.names.joined(separator: ", "))")
                }
            }
        }
        return found
    }

    private func top(_ name: String) -> Meaning? {
        name == "e" ? .record(schema) : Self.attributes[name].map { .names($0) }
    }

    private static func member(_ name: String, of meaning: Meaning) -> Meaning? {
        switch meaning {
        case .record(let record):
            guard let field = record.field(name) else { return nil }
            let single: Meaning =
                switch field.kind {
                case .record: .record(field.record)
                case .boolean: .truth
                default: .value(field.kind)
                }
            return field.isList ? .list(single) : single
        case .names(let names): return names.contains(name) ? .value(.text) : nil
        case .value, .list, .truth: return nil
        }
    }

    private static func names(of meaning: Meaning) -> [String] {
        switch meaning {
        case .record(let record): record.fields.map(\.name)
        case .names(let names): names
        case .value, .list, .truth: []
        }
    }

    private static func result(of function: String, on meaning: Meaning) -> Meaning? {
        switch (meaning, function) {
        case (.list(let item), "first"), (.list(let item), "last"): item
        case (.list, "reversed"): meaning
        case (.list, "count"): .value(.integer)
        case (.list, "empty"): .truth
        case (.value(let kind), _):
            TemplateFunction(rawValue: function).flatMap { $0.isFor(kind) ? .value(.text) : nil }
        default: nil
        }
    }

    private mutating func report(_ tag: TemplateTag, _ sentence: String, _ suggestion: String? = nil) {
        problems.append(
            TemplateProblem(line: tag.line, column: tag.column, sentence: sentence, suggestion: suggestion))
    }
}

/// What a template may do to a single value before it is written: `{{grouped(total_net)}}`.
enum TemplateFunction: String, CaseIterable {
    case uppercased, lowercased, grouped, iso, plain

    /// For suggestions; those of lists are swift-mustache's own.
    static let names = allCases.map(\.rawValue) + ["first", "last", "reversed", "count", "empty"]

    func isFor(_ kind: RecordSchema.Kind) -> Bool {
        switch self {
        case .uppercased, .lowercased: kind == .text || kind == .key
        case .grouped, .plain: kind == .decimal || kind == .integer
        case .iso: kind == .date || kind == .timestamp || kind == .timeOfDay
        }
    }
}
