internal import ConnectorProtocol
internal import RuleLanguage
package import Values

/// A tenant's rules and templates, read, checked and compiled.
package struct RuleSet: Sendable {
    /// In the order of the file.
    package let rules: [Rule]
    /// What is worth a look, though the set was taken.
    package let warnings: [RuleDiagnostic]
    let templates: [String: MessageTemplate]
    /// By event type.
    let groups: [String: RuleGroup]
    let mentions: [NotifyMention]

    /// Reads a rule file.
    /// - Parameter file: its name, for diagnostics.
    /// - Returns: the set, or everything that is wrong with the file at once.
    package static func read(
        _ text: String, file: String, catalogue: SchemaCatalogue,
    ) -> Result<RuleSet, RuleSetRefused> {
        var reader = RuleSetReader(text: text, file: file, catalogue: catalogue, isStored: false)
        let set = reader.read()
        guard let set, !reader.diagnostics.contains(where: { $0.severity == .error }) else {
            return .failure(RuleSetRefused(diagnostics: reader.sortedDiagnostics))
        }
        return .success(set)
    }

    /// Reads a set that was checked when it was stored: what does not fit the schemas of today fails alone.
    /// - Throws: where the text is no rule file at all.
    static func load(
        stored text: String, file: String, catalogue: SchemaCatalogue,
    ) throws(RuleSetRefused) -> RuleSet {
        var reader = RuleSetReader(text: text, file: file, catalogue: catalogue, isStored: true)
        guard let set = reader.read() else {
            throw RuleSetRefused(diagnostics: reader.sortedDiagnostics)
        }
        return set
    }

    /// What each rule about the event's type says, in the order of the file.
    /// - Parameter now: the evaluation's time, stored with the decision so that it can be made again.
    package func decide(_ event: RuleEvent, now: Timestamp) -> [RuleResult] {
        guard let group = groups[event.type] else { return [] }
        return group.decide(event, now: now)
    }
}
