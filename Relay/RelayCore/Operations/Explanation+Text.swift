extension Explanation {
    /// The walk from batch to callback as a person reads it, one event after the other.
    package var text: String { entries.map(\.text).joined(separator: "\n") }
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
        if sightings > 0 { lines.append("  seen again    \(sightings) times, not told again") }
        lines.append("  decision      \(decisionText)")
        if notifications.isEmpty { lines.append("  messages      none") }
        for notification in notifications { lines += notification.lines }
        return lines.map { $0 + "\n" }.joined()
    }

    private var decisionText: String {
        if !event.isTold, decision == nil {
            return "none: rules do not see \(event.verdict ?? event.origin) \(event.kind)s"
        }
        guard let decision else { return "not yet: the event waits for its turn" }
        let rules = decision.ruleSet.map { "rule set \($0)" } ?? "no rule set is active"
        return "\(decision.outcome) by \(rules), now \(decision.now): \(decision.results)"
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
