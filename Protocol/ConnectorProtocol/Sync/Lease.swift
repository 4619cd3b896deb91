/// The relay's word on who polls: of two agents with one name, one (DESIGN.md 4.7).
package struct Lease: Hashable, Sendable {
    /// Why it was not granted.
    package enum Refusal: String, Hashable, Sendable {
        /// Another machine holds it.
        case held
        /// The request showed an older token: this machine is a clone, or was set back.
        case olderToken = "older_token"
        /// A later process of this agent has spoken since.
        case olderProcess = "older_process"
        /// The request did not ask for it.
        case notAsked = "not_asked"
        /// Something that this version does not know.
        case other
    }

    /// Whether this agent may poll.
    package var isGranted: Bool
    /// Rises with every grant to another holder; every command carries it.
    package var epoch: UInt64
    /// How long it lasts from now, as the agent receives it; whole seconds.
    package var seconds: UInt32
    /// A grant and no renewal: cursors go by the reach rule, states are forgotten, lists begin.
    package var isFresh: Bool
    /// Present where it is not granted.
    package var refusal: Refusal?
    /// Gates that any host of this agent has closed.
    package var closedGates: [ClosedGate]

    /// A lease of its parts.
    package init(
        isGranted: Bool, epoch: UInt64, seconds: UInt32, isFresh: Bool = false, refusal: Refusal? = nil,
        closedGates: [ClosedGate] = [],
    ) {
        self.isGranted = isGranted
        self.epoch = epoch
        self.seconds = seconds
        self.isFresh = isFresh
        self.refusal = refusal
        self.closedGates = closedGates
    }

    init(wire: WireLease) throws(ProtocolError) {
        guard wire.epoch <= UInt64(Int64.max), wire.seconds <= 86_400 else { throw .malformed("lease") }
        self.init(
            isGranted: wire.granted, epoch: wire.epoch, seconds: wire.seconds,
            isFresh: wire.granted && wire.fresh,
            refusal: wire.granted ? nil : Refusal(rawValue: wire.refusal) ?? .other,
            closedGates: try ClosedGate.list(wire.closedGates))
    }

    var wire: WireLease {
        var wire = WireLease()
        wire.granted = isGranted
        wire.epoch = epoch
        wire.seconds = seconds
        wire.fresh = isFresh
        wire.refusal = refusal?.rawValue ?? ""
        wire.closedGates = closedGates.map(\.wire)
        return wire
    }
}
