internal import SQLStore

/// Decides about journaled events: which rules match, who is told, and what is set down about it.
struct Decider {
    let context: ProcessContext

    /// What a set of rules said about an event before the transaction began.
    struct Prepared: Sendable {
        let version: Int64
        let now: Moment
        let results: [RuleResult]
    }

    /// Writes the event's decision and the notifications that follow from it.
    ///
    /// - Parameters:
    ///   - prepared: made anew where the rule set moved since.
    ///   - duplicate: another invoice that bears the same reference.
    func decide(
        _ event: JournaledEvent, prepared: Prepared? = nil, duplicate: ReferenceClaims.Finding? = nil,
    ) throws {
        guard event.isTold else { return try write(event, "not_told", DecisionResults(), now: context.now) }
        var results = DecisionResults()
        let isHeld = duplicate.map { context.referencePolicy == .suppress && $0.isSameAmount } ?? false
        if let duplicate, context.referencePolicy != .send {
            results.duplicate = DecisionResults.DuplicateLine(
                event: duplicate.earlierEvent, businessKey: duplicate.earlierBusinessKey,
                isSameAmount: duplicate.isSameAmount, isHeld: isHeld)
        }
        switch context.rules {
        case .none: return try write(event, results.outcome, results, now: context.now)
        case .unreadable(_, let sentence):
            results.rules = [
                .init(rule: "", result: "failed", code: "rule_set_unreadable", sentence: sentence)
            ]
            return try write(event, results.outcome, results, now: context.now)
        case .version(let version):
            let isCurrent = prepared?.version == version.number
            let now = isCurrent ? prepared?.now ?? context.now : context.now
            let said =
                isCurrent
                ? prepared?.results ?? [] : version.rules.decide(event.ruleEvent, now: now.timestamp)
            for result in said {
                if let line = try line(result, event, version, heldAsDuplicate: isHeld) {
                    results.rules.append(line)
                }
            }
            try write(event, results.outcome, results, now: now)
        }
    }

    private func line(
        _ result: RuleResult, _ event: JournaledEvent, _ version: RuleSets.Version, heldAsDuplicate: Bool,
    ) throws -> DecisionResults.RuleLine? {
        switch result {
        case .notMatched: return nil
        case .failed(let rule, let code, let sentence, let line, let column):
            return DecisionResults.RuleLine(
                rule: rule.name, result: "failed", code: code, sentence: sentence, line: line, column: column)
        case .matched(let rule):
            let maker = NotificationMaker(
                context: context, event: event, version: version, rule: rule, heldAsDuplicate: heldAsDuplicate
            )
            switch try context.contained("rule", { try maker.make() }) {
            case .success(let notifications):
                return DecisionResults.RuleLine(
                    rule: rule.name, result: "matched", notifications: notifications)
            case .failure(let problem):
                return DecisionResults.RuleLine(
                    rule: rule.name, result: "failed", code: problem.code, sentence: problem.sentence)
            }
        }
    }

    private func write(
        _ event: JournaledEvent, _ outcome: String, _ results: DecisionResults, now: Moment,
    ) throws {
        try context.statements.run(
            """
            INSERT INTO decision
                (tenant, event, rule_set, directory_version, now_at, outcome, results, decided_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """,
            [
                .integer(event.number), SQLValue(context.rules.number), .integer(context.directoryVersion),
                now.sql, .text(outcome), .text(results.json), context.now.sql,
            ])
    }
}
