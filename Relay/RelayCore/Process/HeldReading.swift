/// The newest reading of a state that the relay holds, and what a further one means (facts/channel.md 2.6).
///
/// The tenant's one place decides this, so that a transition has one number whoever read it.
package struct HeldReading: Hashable, Sendable {
    /// Where a reading came from: the order of one lineage and lane is the order of its readings.
    package struct Place: Hashable, Sendable {
        /// 16 bytes.
        package let lineage: [UInt8]
        /// `live` or `bulk`.
        package let lane: String
        /// Sequence of the batch.
        package let sequence: Int64
        /// Position in the batch, from 0.
        package let position: Int64

        /// A place in a lineage.
        package init(lineage: [UInt8], lane: String, sequence: Int64, position: Int64) {
            self.lineage = lineage
            self.lane = lane
            self.sequence = sequence
            self.position = position
        }

        /// Whether this place lies behind `other`; false for places of different lineages or lanes.
        func follows(_ other: Place) -> Bool {
            lineage == other.lineage && lane == other.lane
                && (sequence, position) > (other.sequence, other.position)
        }
    }

    /// One reading as it was received.
    package struct Arrival: Hashable, Sendable {
        /// What is compared: a word of the feed or a digest.
        package let state: String
        /// The instants between which SAP was read, widened by 5 s by the agent.
        package let begun, ended: Moment
        /// Where it came from.
        package let place: Place
        /// Whether it comes from the holder of the agents' lease.
        package let isFromHolder: Bool
        /// Whether its document was created before the stream's start.
        package let isBeforeStart: Bool

        /// A reading whose end is cut at `received`: nobody reads in the future.
        package init(
            state: String, begun: Moment, ended: Moment, received: Moment, place: Place, isFromHolder: Bool,
            isBeforeStart: Bool,
        ) {
            self.state = state
            self.begun = min(begun, received)
            self.ended = min(ended, received)
            self.place = place
            self.isFromHolder = isFromHolder
            self.isBeforeStart = isBeforeStart
        }
    }

    /// What a reading turned out to be.
    package enum Verdict: Hashable, Sendable {
        /// Known from before the stream's start: no event.
        case baseline
        /// A transition with its number: told.
        case transition(Int64)
        /// Newer and equal: only the times move on.
        case alreadyKnown
        /// Not newer and equal.
        case alsoSeen
        /// Not newer and different: journaled, not told.
        case superseded
    }

    /// What to do about one reading.
    package struct Judgement: Hashable, Sendable {
        /// What it is.
        package let verdict: Verdict
        /// What is held from now on; nil where that does not change.
        package let held: HeldReading?
        /// Whether the lease holder is asked to read the key again.
        package let asksHolder: Bool
    }

    /// State of the newest reading.
    package let state: String
    /// Number of the last transition, 0 after a baseline.
    package let version: Int64
    /// When SAP was read.
    package let begun, ended: Moment
    /// Where the reading came from.
    package let place: Place

    /// A reading as the table `state_reading` keeps it.
    package init(state: String, version: Int64, begun: Moment, ended: Moment, place: Place) {
        self.state = state
        self.version = version
        self.begun = begun
        self.ended = ended
        self.place = place
    }

    /// Judges `reading` against what is held of its key, nil where nothing is.
    package static func judge(_ reading: Arrival, held: HeldReading?) -> Judgement {
        func next(_ version: Int64) -> HeldReading {
            HeldReading(
                state: reading.state, version: version, begun: reading.begun, ended: reading.ended,
                place: reading.place)
        }
        guard let held else {
            return reading.isBeforeStart
                ? Judgement(verdict: .baseline, held: next(0), asksHolder: false)
                : Judgement(verdict: .transition(1), held: next(1), asksHolder: !reading.isFromHolder)
        }
        let isNewer = reading.place.follows(held.place) || reading.begun > held.ended
        switch (isNewer, reading.state == held.state) {
        case (true, true):
            return Judgement(verdict: .alreadyKnown, held: next(held.version), asksHolder: false)
        case (true, false):
            let version = held.version + 1
            return Judgement(
                verdict: .transition(version), held: next(version), asksHolder: !reading.isFromHolder)
        case (false, true): return Judgement(verdict: .alsoSeen, held: nil, asksHolder: false)
        case (false, false): return Judgement(verdict: .superseded, held: nil, asksHolder: true)
        }
    }
}
