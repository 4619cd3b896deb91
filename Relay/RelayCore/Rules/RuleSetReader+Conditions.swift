internal import RuleLanguage
internal import YAMLDocument

extension RuleSetReader {
    /// Checks and compiles the condition of a rule; without one, every event of the type matches.
    mutating func readCondition(
        _ node: YAMLNode?, type: String?,
    ) -> (source: String?, condition: RuleCondition) {
        guard let node, let source = attempt({ try node.string() }) else { return (nil, .always) }
        let map = SourceMap(node, lines: lines)
        guard let type, let schema = catalogue.record(of: type) else {
            // Said already; a stored rule about a type that nobody knows any more fails alone.
            return (source, .broken(diagnostic("there is no event type \"\(type ?? "")\"", at: node)))
        }
        // Taken out, so that it is changed in place.
        var builder = builders.removeValue(forKey: type) ?? ConditionSet.Builder(schema)
        defer { builders[type] = builder }
        do throws(ConditionRefused) {
            return (source, .compiled(try builder.add(source), map))
        } catch {
            let found = error.diagnostics.map { problem in
                let place = map.place(problem.place)
                return RuleDiagnostic(
                    severity: .error, file: file, line: place.line, column: place.column,
                    sentence: problem.problem, suggestion: problem.suggestion)
            }
            if !isStored { for problem in found { report(problem) } }
            return (source, .broken(found.first ?? diagnostic("the condition was refused", at: node)))
        }
    }

    private func diagnostic(_ sentence: String, at node: YAMLNode) -> RuleDiagnostic {
        RuleDiagnostic(
            severity: .error, file: file, line: node.place.line, column: node.place.column,
            sentence: sentence, suggestion: nil)
    }

    /// The rules of each event type with their conditions, compiled together.
    func groups(_ rules: [Rule]) -> [String: RuleGroup] {
        Dictionary(grouping: rules, by: \.on).reduce(into: [:]) { groups, entry in
            let schema = catalogue.record(of: entry.key) ?? RecordSchema(fields: [])
            let builder = builders[entry.key] ?? ConditionSet.Builder(schema)
            groups[entry.key] = RuleGroup(rules: entry.value, schema: schema, conditions: builder.finish())
        }
    }
}
