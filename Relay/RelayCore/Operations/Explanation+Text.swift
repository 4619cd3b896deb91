extension Explanation {
    /// The walk from batch to callback as a person reads it, one event after the other; then what is no event yet.
    ///
    /// Feeds that fail stand behind it, and where nothing is known of the document how far all of them have read.
    package var text: String {
        var parts = entries.map(\.text)
        if olderEvents > 0 {
            parts.insert(
                "\(olderEvents) older events are left out; ml-relay events --subject \(subject) lists them.\n",
                at: 0)
        }
        var rest = open.lines + feeds.map(\.line)
        if isEmpty, feeds.isEmpty { rest.append("No agent has delivered anything yet.") }
        if !rest.isEmpty { parts.append(rest.map { $0 + "\n" }.joined()) }
        return parts.joined(separator: "\n")
    }
}

extension OpenDocument {
    fileprivate var lines: [String] {
        var lines: [String] = []
        for entry in quarantined {
            lines.append(
                "In quarantine: event \(entry.position) of batch \(entry.batch), since \(entry.since), "
                    + "\(entry.code): \(entry.reason)")
        }
        for key in pending {
            lines.append(
                "Pending at \(key.name), feed \(key.stream), since \(key.since): \(key.reason). "
                    + "It could not be read in SAP yet and is tried again.")
        }
        for key in watched {
            lines.append(
                "Watched at \(key.name), feed \(key.stream), since \(key.since): \(key.reason). "
                    + "It is not final yet and is read again.")
        }
        if unreadable > 0 {
            lines.append(
                "\(unreadable) events in quarantine do not say what they are about; "
                    + "ml-relay quarantine list shows them.")
        }
        return lines
    }
}

extension Explanation.Entry {
    fileprivate var text: String {
        var lines = ["Event \(event.event): \(event.type) \(event.subject), version \(event.version)"]
        lines.append("  id            \(event.id)")
        if !event.reference.isEmpty { lines.append("  reference     \(event.reference)") }
        lines.append("  happened      \(event.time), detected \(event.detectedAt)")
        if let batch {
            lines.append(
                "  came in       batch \(batch.sequence) of lane \(batch.lane), agent \(batch.agent), "
                    + "received \(batch.receivedAt)")
            lines.append("  signed        manifest \(batch.digest), key \(batch.keyID)")
        }
        lines.append("  journaled     \(event.journaledAt), origin \(event.origin)")
        if sightings > 0 {
            lines.append("  seen again    \(sightings == 1 ? "once" : "\(sightings) times"), not told again")
        }
        lines += decisionLines
        if notifications.isEmpty { lines.append("  messages      none") }
        for notification in notifications { lines += notification.lines }
        return lines.map { $0 + "\n" }.joined()
    }

    private var decisionLines: [String] {
        if !event.isTold { return ["  decision      none: \(untold)"] }
        guard let decision else { return ["  decision      not yet: the event waits for its turn"] }
        guard let ruleSet = decision.ruleSet else {
            return ["  decision      none: no rule set was active at \(decision.now)"]
        }
        let word = decision.outcome == "none" ? "no rule matched" : decision.outcome
        return ["  decision      \(word) by rule set \(ruleSet), now \(decision.now)"]
            + decision.lines(type: event.type).map { "    \($0)" }
    }

    /// Why rules do not see it.
    private var untold: String {
        switch (event.verdict, event.origin) {
        case ("baseline", _):
            "it is how things stood when they were first read; only what changes later is told"
        case ("superseded", _): "it is an older reading than the one that is held"
        case (_, "initial"): "it came with an initial load, which is journaled and not told"
        case (_, "backfill"): "it came with a backfill, which is journaled and not told"
        default: "rules do not see \(event.kind)s of this kind"
        }
    }
}

extension Explanation.Decision {
    /// Each rule about the type with what it said, and whom it did not tell.
    fileprivate func lines(type: String) -> [String] {
        var lines: [String] = []
        if let duplicate = results?.duplicate {
            lines.append(
                "suspected duplicate of event \(duplicate.event)"
                    + (duplicate.isHeld ? ": its messages are held" : ""))
        }
        let told = results?.rules ?? []
        if let review {
            for verdict in review.verdicts {
                let stored = told.first { $0.rule == verdict.rule }
                lines.append(stored?.failure ?? verdict.line)
                lines += stored?.untold ?? []
            }
            if review.verdicts.isEmpty, told.isEmpty { lines.append("no rule is on \(type)") }
            if !review.agrees { lines.append("what rules say now differs from what was stored") }
        } else {
            for rule in told { lines += [rule.failure ?? "rule \(rule.rule) \(rule.result)"] + rule.untold }
            if let reviewProblem {
                lines.append("what the other rules said cannot be shown: \(reviewProblem)")
            }
        }
        return lines
    }
}

extension DecisionResults.RuleLine {
    /// The line of a rule that failed.
    fileprivate var failure: String? {
        guard result == "failed" else { return nil }
        let place = line.flatMap { line in column.map { " at \(line):\($0)" } } ?? ""
        return "rule \(rule) failed\(place) (\(code ?? "error")): \(sentence ?? "")"
    }

    /// The recipients for whom no message came of the rule; the others' messages follow.
    fileprivate var untold: [String] {
        (notifications ?? []).compactMap { one in
            let whom = one.role + (one.party.map { " (\($0))" } ?? "")
            switch one.result {
            case "already_told": return "  \(whom): told before by message \(one.notification ?? "")"
            case "same_address": return "  \(whom): another recipient has the same address"
            case "failed": return "  \(whom): failed (\(one.code ?? "error")): \(one.sentence ?? "")"
            default: return nil
            }
        }
    }
}

extension NotificationDetail {
    /// Everything known of it as a person reads it.
    package var text: String {
        var lines = lines
        if let subject { lines.append("    subject     \(subject)") }
        if let body { lines += body.split(separator: "\n").map { "    | \($0)" } }
        return lines.map { $0 + "\n" }.joined()
    }

    fileprivate var lines: [String] {
        var lines = [
            "  message       \(summary.notification): \(summary.channel) to \(summary.role) "
                + "\(summary.address ?? "(nobody found)") by rule \(summary.rule)"
        ]
        lines.append("    state       \(summary.state), since \(summary.changedAt)")
        if let reason = summary.heldReason, summary.state == "held" {
            lines.append("    held        \(reason)")
        }
        if let reason = summary.personReason { lines.append("    for you     \(reason)") }
        if let text = summary.errorText ?? summary.errorCode { lines.append("    error       \(text)") }
        lines += reasons.map { "    why         \($0)" }
        for attempt in attempts {
            let outcome = attempt.outcome ?? "no answer yet"
            let proof = attempt.resultBy.map { ", by \($0)" } ?? ""
            let sid = attempt.sid.map { ", SID \($0)" } ?? ""
            lines.append(
                "    attempt \(attempt.attempt)   \(attempt.intentAt): \(outcome), \(attempt.result)\(proof)\(sid)"
            )
        }
        for piece in evidence {
            let status = piece.status ?? piece.errorCode ?? ""
            let effect = piece.effect.map { " (\($0))" } ?? ""
            lines.append("    \(piece.kind)    \(piece.receivedAt): \(status)\(effect)")
        }
        return lines
    }
}
