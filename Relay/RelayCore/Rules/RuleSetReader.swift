internal import RuleLanguage
internal import YAMLDocument

/// Reads a rule file and collects everything that is wrong with it.
struct RuleSetReader {
    let text: String
    let file: String
    let catalogue: SchemaCatalogue
    /// A set from the store: a condition that does not fit today's schemas fails alone.
    let isStored: Bool
    /// The file, for places inside of scalars.
    let lines: [[Unicode.Scalar]]
    private(set) var diagnostics: [RuleDiagnostic] = []
    /// The messages of all rules, so far.
    private var mentions: [NotifyMention] = []
    /// The conditions of each event type, so far.
    var builders: [String: ConditionSet.Builder] = [:]

    /// Terms of the field that a later release brings (DESIGN.md 6.2).
    private static let later: Set<String> = [
        "throttle", "group", "digest", "quiet_hours", "cancel_on", "fallback", "escalate", "stop", "inhibit",
        "schedule", "delay",
    ]

    init(text: String, file: String, catalogue: SchemaCatalogue, isStored: Bool) {
        self.text = text
        self.file = file
        self.catalogue = catalogue
        self.isStored = isStored
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            Array((line.hasSuffix("\r") ? line.dropLast() : line).unicodeScalars)
        }
    }

    /// In the order of the file.
    var sortedDiagnostics: [RuleDiagnostic] {
        diagnostics.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    /// The set, as far as it can be read; nil where the file is no rule file at all.
    mutating func read() -> RuleSet? {
        let (text, file) = (text, file)
        guard let root = attempt({ try YAMLParser.parse(text, file: file) }) else { return nil }
        guard !root.isNull else {
            report(root, "the file is empty: the key \"rules\" is missing")
            return nil
        }
        guard let top = attempt({ try root.entries() }) else { return nil }
        checkKeys(top, known: ["rules", "templates"])
        let templates = readTemplates(value(of: "templates", in: top))
        var rules: [Rule] = []
        var names: Set<String> = []
        if let node = required("rules", in: top, of: root), let items = attempt({ try node.list() }) {
            if items.isEmpty { report(node, "there are no rules", nil, .warning) }
            for item in items {
                guard let rule = readRule(item, templates: templates, taken: names) else { continue }
                names.insert(rule.name)
                rules.append(rule)
            }
        }
        checkTemplates(templates, rules: rules)
        return RuleSet(
            rules: rules, warnings: sortedDiagnostics.filter { $0.severity == .warning },
            templates: templates.mapValues(\.template), groups: groups(rules),
            mentions: mentions)
    }

    // MARK: Rules

    private mutating func readRule(
        _ node: YAMLNode, templates: [String: PlacedTemplate], taken: Set<String>,
    ) -> Rule? {
        guard let entries = attempt({ try node.entries() }) else { return nil }
        checkKeys(
            entries,
            known: [
                "name", "on", "when", "severity", "locale", "deadline", "delivery", "dedup", "notify",
            ])
        let name = readName(required("name", in: entries, of: node), taken: taken)
        let on = readType(required("on", in: entries, of: node))
        let schema = on.flatMap { catalogue.record(of: $0) }
        let severity = value(of: "severity", in: entries).flatMap { node in
            attempt { try node.choice(Rule.Severity.self) }
        }
        let policy = value(of: "delivery", in: entries).flatMap { node in
            attempt { try node.choice(Rule.DeliveryPolicy.self) }
        }
        let deadline = value(of: "deadline", in: entries).flatMap { node in
            attempt { try node.duration(in: .seconds(60) ... .seconds(30 * 86_400)) }
        }
        let condition = readCondition(value(of: "when", in: entries), type: on)
        let dedup = readDedup(value(of: "dedup", in: entries), schema: schema, type: on)
        let locale = readLocale(value(of: "locale", in: entries))
        var notify: [Notify] = []
        if let list = required("notify", in: entries, of: node), let items = attempt({ try list.list() }) {
            if items.isEmpty { report(list, "the rule notifies nobody") }
            for item in items {
                if let one = readNotify(item, templates: templates, schema: schema, type: on) {
                    notify.append(one)
                    mentions.append(
                        NotifyMention(notify: one, line: item.place.line, column: item.place.column))
                    warnOfDoubles(item, one, policy)
                }
            }
        }
        if policy == .atLeastOnce, let deadline, let place = value(of: "deadline", in: entries) {
            checkSecondSend(place, within: deadline, notify)
        }
        guard let name, let on else { return nil }
        return Rule(
            name: name, on: on, when: condition.source, severity: severity ?? .normal, locale: locale,
            deadline: deadline, deliveryPolicy: policy ?? .atMostOnce, notify: notify, dedup: dedup,
            line: node.place.line, condition: condition.condition)
    }

    private mutating func readName(_ node: YAMLNode?, taken: Set<String>) -> String? {
        guard let node, let name = attempt({ try node.string() }) else { return nil }
        if !(1...100).contains(name.count) || name.contains(where: \.isNewline) {
            report(node, "a name is one line of 1 to 100 characters")
        } else if taken.contains(name) {
            report(node, "there are two rules with the name \"\(name)\"")
        }
        return name
    }

    private mutating func readType(_ node: YAMLNode?) -> String? {
        guard let node, let type = attempt({ try node.string() }) else { return nil }
        if catalogue.record(of: type) == nil, !isStored {
            report(
                node, "there is no event type \"\(type)\"",
                NearestName.hint(for: type, among: catalogue.types)
                    ?? "known are \(catalogue.types.joined(separator: ", "))")
        }
        return type
    }

    private mutating func readLocale(_ node: YAMLNode?) -> String? {
        guard let node, let tag = attempt({ try node.string() }) else { return nil }
        guard LocaleTag.isWellFormed(tag) else {
            report(node, "\"\(tag)\" is no language", "write it as de, en or pt-BR")
            return nil
        }
        return tag
    }

    private mutating func readDedup(_ node: YAMLNode?, schema: RecordSchema?, type: String?) -> DedupKey? {
        guard let node, let items = attempt({ try node.list() }) else { return nil }
        if items.isEmpty { report(node, "a dedup key has at least one field") }
        var fields: [String] = []
        for item in items {
            guard let path = attempt({ try item.string() }) else { continue }
            checkPath(path, at: item, schema: schema, type: type)
            fields.append(path)
        }
        return DedupKey(fields: fields)
    }

    /// A path must lead to a single value of each record that it goes through.
    private mutating func checkPath(_ path: String, at node: YAMLNode, schema: RecordSchema?, type: String?) {
        guard var record = schema, let type else { return }
        let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for (index, name) in names.enumerated() {
            guard let field = record.field(name) else {
                let parent = index == 0 ? type : "\"\(names[..<index].joined(separator: "."))\""
                report(
                    node, "\(parent) has no field \"\(name)\"",
                    NearestName.hint(for: name, among: record.fields.map(\.name)))
                return
            }
            if index == names.count - 1, field.kind == .record || field.kind == .bytes {
                report(node, "\"\(path)\" is no single value", "name a field of it")
            }
            record = field.record
        }
    }

    private mutating func warnOfDoubles(_ node: YAMLNode, _ notify: Notify, _ policy: Rule.DeliveryPolicy?) {
        guard notify.channel == .email, policy == .atLeastOnce else { return }
        report(
            node,
            "at-least-once mail can reach its reader twice when SendGrid's events are missing for longer than the proof wait (10 min)",
            "leave \"delivery\" out where a doubled mail does harm", .warning)
    }

    /// At-least-once without the time for a second send would be a word and nothing else (facts/send.md R2).
    private mutating func checkSecondSend(
        _ node: YAMLNode, within deadline: Duration, _ notify: [Notify],
    ) {
        let times = SendTimes()
        let isVoid = notify.contains { one in
            !times.leavesRoomForSecondSend(within: deadline, isListed: one.channel != .email)
        }
        guard isVoid, !isStored else { return }
        report(
            node, "a message that got lost cannot be sent again before this deadline",
            "give at-least-once more than 25m (mail: 12m), or leave \"delivery\" out")
    }

    // MARK: Who gets what

    private mutating func readNotify(
        _ node: YAMLNode, templates: [String: PlacedTemplate], schema: RecordSchema?, type: String?,
    ) -> Notify? {
        guard let entries = attempt({ try node.entries() }) else { return nil }
        checkKeys(entries, known: ["channel", "recipients", "template", "max_segments"])
        let channel = required("channel", in: entries, of: node).flatMap { node in
            attempt { try node.choice(Channel.self) }
        }
        var recipients: [RecipientSelector] = []
        if let list = required("recipients", in: entries, of: node), let items = attempt({ try list.list() })
        {
            if items.isEmpty { report(list, "there are no recipients") }
            for item in items {
                guard let one = readRecipient(item, schema: schema, type: type) else { continue }
                if recipients.contains(one) { report(item, "the recipient is named twice") }
                recipients.append(one)
            }
        }
        guard let place = required("template", in: entries, of: node),
            let name = attempt({ try place.string() })
        else { return nil }
        if let template = templates[name] {
            if let channel, template.template.variants[channel] == nil {
                report(place, "the template \"\(name)\" has no text for \(channel.rawValue)")
            }
        } else {
            report(
                place, "there is no template \"\(name)\"", NearestName.hint(for: name, among: templates.keys))
        }
        guard let channel else { return nil }
        let segments = value(of: "max_segments", in: entries)
        if let segments, channel != .sms { report(segments, "only SMS have segments") }
        return Notify(
            channel: channel, recipients: recipients, template: name,
            maxSegments: segments.flatMap { node in attempt { try node.integer(in: 1...10) } })
    }

    private mutating func readRecipient(
        _ node: YAMLNode, schema: RecordSchema?, type: String?,
    ) -> RecipientSelector? {
        if case .mapping(let entries) = node.content { return readParty(node, entries, schema, type) }
        guard let word = attempt({ try node.string() }) else { return nil }
        switch word {
        case "buyer":
            if let schema, let type, schema.field("buyer") == nil, schema.field("purchasing_group") == nil {
                report(node, "\(type) names no buyer and no purchasing group")
            }
            return .buyer
        case "vendor":
            if let schema, let type, schema.field("vendor") == nil {
                report(node, "\(type) names no vendor")
            }
            return .vendor
        default:
            report(
                node, "there is no recipient \"\(word)\"",
                NearestName.hint(for: word, among: ["buyer", "vendor"])
                    ?? "write buyer, vendor, {party: KIND, key: FIELD} or {mapping: KIND, field: FIELD}")
            return nil
        }
    }

    private mutating func readParty(
        _ node: YAMLNode, _ entries: [YAMLNode.Entry], _ schema: RecordSchema?, _ type: String?,
    ) -> RecipientSelector? {
        let isParty = entries.contains { $0.key == "party" }
        let (kindKey, fieldKey) = isParty ? ("party", "key") : ("mapping", "field")
        checkKeys(entries, known: [kindKey, fieldKey])
        guard let kindNode = required(kindKey, in: entries, of: node),
            let fieldNode = required(fieldKey, in: entries, of: node),
            let kind = attempt({ try kindNode.string() }), let field = attempt({ try fieldNode.string() })
        else { return nil }
        if !RecipientSelector.kinds.contains(kind) {
            report(
                kindNode, "the directory has no parties of kind \"\(kind)\"",
                NearestName.hint(for: kind, among: RecipientSelector.kinds)
                    ?? "known are \(RecipientSelector.kinds.joined(separator: ", "))")
        }
        checkPath(field, at: fieldNode, schema: schema, type: type)
        return isParty ? .party(kind: kind, keyField: field) : .mapping(kind: kind, field: field)
    }

    // MARK: Reports

    mutating func report(
        _ node: YAMLNode, _ sentence: String, _ suggestion: String? = nil,
        _ severity: RuleDiagnostic.Severity = .error,
    ) {
        report(
            line: node.place.line, column: node.place.column, sentence, suggestion, severity)
    }

    mutating func report(
        line: Int, column: Int, _ sentence: String, _ suggestion: String? = nil,
        _ severity: RuleDiagnostic.Severity = .error,
    ) {
        report(
            RuleDiagnostic(
                severity: severity, file: file, line: line, column: column, sentence: sentence,
                suggestion: suggestion))
    }

    /// Adds a diagnostic, once.
    mutating func report(_ diagnostic: RuleDiagnostic) {
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    private mutating func report(_ error: YAMLError) {
        // The YAML reader writes its suggestion behind a semicolon.
        let parts = error.problem.split(separator: "; ", maxSplits: 1).map(String.init)
        report(
            line: error.line, column: error.column, parts.first ?? error.problem,
            parts.count == 2 ? parts[1] : nil)
    }

    /// The value, or a diagnostic and nil.
    mutating func attempt<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch let error as YAMLError {
            report(error)
        } catch {
            report(line: 1, column: 1, "the file cannot be read: \(error)")
        }
        return nil
    }

    mutating func required(_ key: String, in entries: [YAMLNode.Entry], of node: YAMLNode) -> YAMLNode? {
        if let value = value(of: key, in: entries) { return value }
        if let entry = entries.first(where: { $0.key == key }) {
            report(
                line: entry.place.line, column: entry.place.column, "\"\(key)\" has no value")
        } else {
            report(node, "the key \"\(key)\" is missing")
        }
        return nil
    }

    func value(of key: String, in entries: [YAMLNode.Entry]) -> YAMLNode? {
        entries.first { $0.key == key && !$0.value.isNull }?.value
    }

    mutating func checkKeys(_ entries: [YAMLNode.Entry], known: [String]) {
        for entry in entries where !known.contains(entry.key) {
            let unused = known.filter { key in !entries.contains { $0.key == key } }
            let isLater = Self.later.contains(entry.key)
            report(
                line: entry.place.line, column: entry.place.column,
                isLater ? "\"\(entry.key)\" is not supported yet" : "unknown key \"\(entry.key)\"",
                isLater
                    ? nil
                    : NearestName.hint(for: entry.key, among: unused)
                        ?? "known here are \(known.joined(separator: ", "))")
        }
    }
}
