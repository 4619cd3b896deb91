internal import Cryptography

/// Where a batch belongs in its lineage, by the table of facts/channel.md 2.1: the first line that fits.
struct SequenceRule {
    /// What the relay holds beside the batch, read under the lineage's lock.
    struct Held: Sendable {
        /// Digest of the manifest held at the batch's own lineage, lane and sequence.
        var samePlace: Digest32?
        /// Sequence and digest of the lineage's head in this lane; nil where nothing of it is held.
        var head: (sequence: UInt64, digest: Digest32)?
        /// Whether the parent that sequence 1 names is held of this agent and lane.
        var isParentHeld = false
        /// Whether anything at all is held of this agent and lane.
        var isAnythingHeld = false
    }

    /// What follows for the batch.
    enum Verdict: Equatable {
        /// The next of its lineage, or the first of a new one: store it.
        case next
        /// Held already: answer as the first time.
        case again
        /// Another batch holds its place.
        case fork(String)
        /// A batch before it is missing.
        case gap(String)
    }

    /// - Parameters:
    ///   - digest: of the manifest that came.
    ///   - before: the manifest it names as the one before it, or as parent at sequence 1.
    static func verdict(
        sequence: UInt64, digest: Digest32, before: Digest32?, held: Held,
    ) -> Verdict {
        if let there = held.samePlace {
            return there == digest ? .again : .fork("Another batch is held at this place.")
        }
        guard let head = held.head else {
            guard sequence == 1 else { return .gap("The lineage is not known and does not begin here.") }
            if before != nil {
                return held.isParentHeld ? .next : .gap("The parent that it names is not held.")
            }
            return held.isAnythingHeld
                ? .fork("A new lineage must name a parent; see the heads of the lanes.") : .next
        }
        if sequence <= head.sequence { return .fork("The lineage's head is at or beyond this place.") }
        guard sequence == head.sequence + 1 else { return .gap("A batch before this one is missing.") }
        return before == head.digest ? .next : .fork("It does not follow the lineage's head.")
    }
}
