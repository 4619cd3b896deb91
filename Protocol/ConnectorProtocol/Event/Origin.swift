/// How an event came to be read.
///
/// Rules see the first two; the others are journaled and feed the directory.
package enum Origin: String, Hashable, Sendable, CaseIterable {
    /// Found in time.
    case live
    /// Its stamp lies inside what had been promised as covered.
    case late
    /// Asked for by a person.
    case backfill
    /// Part of a first load.
    case initial

    /// Whether rules are evaluated for it without a person asking.
    package var isForRules: Bool { self == .live || self == .late }

    var wire: WireOrigin {
        switch self {
        case .live: .live
        case .late: .late
        case .backfill: .backfill
        case .initial: .initial
        }
    }

    init(wire: WireOrigin) throws(ProtocolError) {
        switch wire {
        case .live: self = .live
        case .late: self = .late
        case .backfill: self = .backfill
        case .initial: self = .initial
        case .unspecified, .UNRECOGNIZED: throw .malformed("origin of an event")
        }
    }
}
