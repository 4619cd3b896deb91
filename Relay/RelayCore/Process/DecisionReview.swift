internal import SQLStore

/// "Why not": what each rule about an event's type says, recomputed from the event, the versions and the `now` that
/// its decision names (DESIGN.md 6.1).
package struct DecisionReview: Encodable, Hashable, Sendable {
    /// What one rule says.
    package struct Verdict: Encodable, Hashable, Sendable {
        package let rule: String
        /// `matched`, `not_matched` or `failed`.
        package let result: String
        /// The condition as it was written; nil where every event of the type matches.
        package let when: String?
        /// Why it failed.
        package let sentence: String?
    }

    /// In the order of the rule file; empty where no rule is about the type.
    package let verdicts: [Verdict]
    /// Whether the rules say today what was stored when the decision was made.
    package let agrees: Bool

    /// Reviews the newest decision about an event.
    ///
    /// - Returns: nil where rules did not see the event, it was not decided yet, or its bytes were erased.
    /// - Throws: `SQLError`, ``RuleSetRefused`` for a stored set that cannot be read.
    package static func make(
        event: Int64, _ statements: TenantStatements, rules: RuleSets,
    ) throws -> DecisionReview? {
        let row = try statements.first(
            """
            SELECT rule_set, now_at, results FROM decision
            WHERE tenant = ?1 AND event = ?2 AND outcome <> 'not_told' ORDER BY generation DESC LIMIT 1
            """, [.integer(event)])
        guard let row,
            let stored = try JournaledEvent.stored(event, statements, schemas: SchemaStore())
        else { return nil }
        guard let version = try row.optionalInteger("rule_set").flatMap({ try rules.version($0, statements) })
        else { return DecisionReview(verdicts: [], agrees: true) }
        let said = version.rules.decide(stored.ruleEvent, now: try row.moment("now_at").timestamp)
        let results = DecisionResults(json: try row.text("results"))
        let verdicts = said.map(Verdict.init)
        let named = verdicts.filter { $0.result != "not_matched" }
        return DecisionReview(
            verdicts: verdicts, agrees: named.map(\.rule) == results?.rules.map(\.rule))
    }

}

extension DecisionReview.Verdict {
    /// What it says, in one line.
    var line: String {
        let condition =
            when.map { ": " + $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") } ?? ""
        switch result {
        case "failed": return "rule \(rule) failed: \(sentence ?? "")"
        case "matched": return "rule \(rule) matched\(condition)"
        default: return "rule \(rule) did not match\(condition)"
        }
    }

    fileprivate init(_ result: RuleResult) {
        rule = result.rule.name
        when = result.rule.when
        switch result {
        case .matched: (self.result, sentence) = ("matched", nil)
        case .notMatched: (self.result, sentence) = ("not_matched", nil)
        case .failed(_, _, let text, _, _): (self.result, sentence) = ("failed", text)
        }
    }
}
