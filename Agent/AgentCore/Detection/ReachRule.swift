package import Values

/// A window that was read whole: of one stream and tier, from a stamp to a T0.
package struct Claim: Equatable, Sendable {
    package var stream: String
    package var tier: Tier
    package var from: LocalDateTime
    package var readTo: LocalDateTime

    package init(stream: String, tier: Tier, from: LocalDateTime, readTo: LocalDateTime) {
        self.stream = stream
        self.tier = tier
        self.from = from
        self.readTo = readTo
    }
}

/// No cursor stands beyond what the relay covers, extended by the agent's own claims that join on to it
/// (facts/channel.md 2.2, H13).
///
/// Whatever neither side holds is read from SAP again.
package enum ReachRule {
    /// How far the relay's coverage reaches once `unacknowledged` claims (in the order sealed) have arrived.
    ///
    /// A relay that knows nothing of the stream takes the first claim as the beginning.
    package static func reach(
        covered: LocalDateTime?, unacknowledged: [Claim],
    ) -> LocalDateTime? {
        var reached = covered
        for claim in unacknowledged {
            guard let now = reached else {
                reached = claim.readTo
                continue
            }
            if claim.from <= now { reached = max(now, claim.readTo) }
        }
        return reached
    }

    /// The cursor that may stand: never later than the reach; where nobody covers anything, where telling began.
    package static func cursor(
        _ cursor: LocalDateTime, covered: LocalDateTime?, unacknowledged: [Claim], origin: LocalDateTime,
    ) -> LocalDateTime {
        min(cursor, reach(covered: covered, unacknowledged: unacknowledged) ?? origin)
    }
}
