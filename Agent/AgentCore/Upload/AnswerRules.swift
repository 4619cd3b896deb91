package import ConnectorProtocol
package import Cryptography

/// What an agent does on any answer of the relay, as a pure decision (facts/channel.md 2.2, in its order).
package enum AnswerRules {
    /// One of the agent's lineages and lanes, beside what the relay says of it.
    package struct LaneStanding: Equatable, Sendable {
        package var lineage: Lineage
        package var lane: Lane
        /// Whether the spool seals under this lineage now.
        package var isOpen: Bool
        /// What had been acknowledged when the request left: an answer under way may not know of later ones.
        package var acknowledgedWhenAsked: UInt64
        /// The last sequence sealed here.
        package var sealed: UInt64
        /// The relay's head; 0 where it holds nothing.
        package var head: UInt64
        package var headDigest: Digest32?
        /// The spool's own manifest digest at `head`; nil where it does not know it any more.
        package var ownDigest: Digest32?
        /// Whether every acknowledged batch beyond `head` is still kept.
        package var isEverythingLostKept: Bool

        package init(
            lineage: Lineage, lane: Lane, isOpen: Bool, acknowledgedWhenAsked: UInt64, sealed: UInt64,
            head: UInt64, headDigest: Digest32?, ownDigest: Digest32?, isEverythingLostKept: Bool,
        ) {
            self.lineage = lineage
            self.lane = lane
            self.isOpen = isOpen
            self.acknowledgedWhenAsked = acknowledgedWhenAsked
            self.sealed = sealed
            self.head = head
            self.headDigest = headDigest
            self.ownDigest = ownDigest
            self.isEverythingLostKept = isEverythingLostKept
        }
    }

    /// What the answer said about the request itself.
    package enum Verdict: Equatable, Sendable {
        /// 200 to a batch.
        case acknowledged
        /// 409, and the batch is still what it was when it left.
        case fork, gap
        /// A sync answer, or a refusal that says nothing about order.
        case neutral
    }

    /// Why a lineage is drawn; stored and told as `connector.lineage_changed`.
    package enum Reason: String, Equatable, Sendable {
        case lostNotKept = "lost_not_kept"
        case setBack = "set_back"
        case fork, gap
    }

    /// What an answer makes the agent do, in the order of the members.
    package struct Decision: Equatable, Sendable {
        /// Lanes of which the relay proved to have lost what lies beyond its head: back before everything else.
        package var lost: [LaneStanding] = []
        /// Draw a new lineage, forget states, seal unacknowledged content again.
        package var newLineage: Reason?
        /// The batch of the request is acknowledged, and kept from now on.
        package var acknowledged = false
        /// Pending and watch are to be joined with the relay's lists.
        package var joinsLists = false

        /// A decision of its parts; by default nothing is done.
        package init(
            lost: [LaneStanding] = [], newLineage: Reason? = nil, acknowledged: Bool = false,
            joinsLists: Bool = false,
        ) {
            self.lost = lost
            self.newLineage = newLineage
            self.acknowledged = acknowledged
            self.joinsLists = joinsLists
        }
    }

    /// Decides on one answer.
    ///
    /// The reach rule and the ledger's clean-up follow it always.
    package static func decide(_ standings: [LaneStanding], _ verdict: Verdict) -> Decision {
        var decision = Decision()
        decision.acknowledged = verdict == .acknowledged
        decision.lost = standings.filter { $0.head < $0.acknowledgedWhenAsked }
        if !decision.lost.isEmpty {
            if decision.lost.contains(where: { !$0.isEverythingLostKept }) {
                decision.newLineage = .lostNotKept
            }
            return decision
        }
        // An old lineage that a set-back copy left behind stays ahead of it for ever; only the open one counts.
        let isSetBack = standings.contains { standing in
            guard standing.isOpen, standing.head > 0 else { return false }
            if standing.head > standing.sealed { return true }
            guard let own = standing.ownDigest, let heard = standing.headDigest else { return false }
            return own != heard
        }
        if isSetBack {
            decision.newLineage = .setBack
            decision.joinsLists = true
            return decision
        }
        switch verdict {
        case .fork: decision.newLineage = .fork
        case .gap: decision.newLineage = .gap
        case .acknowledged, .neutral: break
        }
        return decision
    }
}
