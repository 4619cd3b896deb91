/// Which queue a batch travels in, so that a backfill never stands before a live document.
package enum Lane: String, Hashable, Sendable, CaseIterable {
    case live, bulk

    init(wire: WireLane) throws(ProtocolError) {
        switch wire {
        case .live: self = .live
        case .bulk: self = .bulk
        case .unspecified, .UNRECOGNIZED: throw .malformed("lane")
        }
    }

    var wire: WireLane { self == .live ? .live : .bulk }
}
