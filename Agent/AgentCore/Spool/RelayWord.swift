package import ConnectorProtocol

/// A lineage's lane, of which the relay has one head.
package struct LaneOfLineage: Hashable, Sendable {
    package var lineage: Lineage
    package var lane: Lane

    package init(_ lineage: Lineage, _ lane: Lane) {
        self.lineage = lineage
        self.lane = lane
    }
}

/// What was known to be acknowledged when a request left; the answer is judged by it.
package struct AskedHeads: Equatable, Sendable {
    /// Whose heads the request asks about, the open lineage first.
    package var lineages: [Lineage]
    package var acknowledged: [LaneOfLineage: UInt64]
}

/// One word of the relay, as far as the spool has to act on it.
package struct RelayWord: Sendable {
    /// What it is an answer to.
    package enum Subject: Sendable {
        /// A batch was taken; the signed acknowledgement as it came.
        case acknowledged(OutgoingBatch, acknowledgement: [UInt8])
        case refusedAsFork(OutgoingBatch)
        case refusedAsGap(OutgoingBatch)
        /// Any other refusal: what it says of heads counts, what it leaves out does not.
        case refused
        /// A sync.
        case sync(SyncAnswer)
    }

    /// Where the relay stands, what it answered, and what had been asked.
    package var standing: Standing
    package var subject: Subject
    package var asked: AskedHeads
    /// How far the relay's clock is ahead of the host's.
    package var ahead: Duration
    /// `/sap/PRD/100`: coverage and keys of another source are not this spool's.
    package var source: String

    package init(
        _ subject: Subject, standing: Standing, asked: AskedHeads, ahead: Duration, source: String,
    ) {
        self.subject = subject
        self.standing = standing
        self.asked = asked
        self.ahead = ahead
        self.source = source
    }

    /// Refusals do not always state coverage; an answer's is whole, and empty where there is none.
    var coverageCounts: Bool {
        switch subject {
        case .acknowledged, .sync: true
        case .refusedAsFork, .refusedAsGap, .refused: !standing.coverage.isEmpty
        }
    }
}

/// What a word of the relay changed.
package struct AppliedWord: Equatable, Sendable {
    package var decision: AnswerRules.Decision
    /// Facts that neither side holds any more and that are read from SAP again.
    package var reread = 0
    /// Cursors that went back.
    package var setBackCursors = 0
}
