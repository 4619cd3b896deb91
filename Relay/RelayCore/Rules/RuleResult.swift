/// What a rule says about an event of its type.
package enum RuleResult: Sendable {
    case matched(Rule)
    case notMatched(Rule)
    /// The condition has no value for this event: a word for the kind, a sentence, and the place in the rule file.
    case failed(Rule, code: String, sentence: String, line: Int, column: Int)

    /// Which rule.
    package var rule: Rule {
        switch self {
        case .matched(let rule), .notMatched(let rule), .failed(let rule, _, _, _, _): rule
        }
    }
}
