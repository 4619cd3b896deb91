package import Values

/// A logon gate that is shut: nobody tries this user again before a person has entered its secret anew.
///
/// It travels with the lease (DESIGN.md 4.6), so that a second host does not spend another attempt.
package struct ClosedGate: Hashable, Sendable {
    /// SAP system id.
    package var system: String
    package var client: String
    package var user: String
    /// `refused` or `unknown_outcomes`.
    package var reason: String
    /// By the relay's clock, as the agent that closed it knew it.
    package var closedAt: Timestamp

    /// A gate of its parts.
    package init(system: String, client: String, user: String, reason: String, closedAt: Timestamp) {
        self.system = system
        self.client = client
        self.user = user
        self.reason = reason
        self.closedAt = closedAt
    }

    init(wire: WireLogonGate) throws(ProtocolError) {
        self.init(
            system: wire.system, client: wire.client, user: wire.user, reason: wire.reason,
            closedAt: try Timestamp(wire: wire.closedAt, "logon gate"))
        for text in [system, client, user, reason] { try checkName(text, "logon gate") }
    }

    var wire: WireLogonGate {
        var wire = WireLogonGate()
        wire.system = system
        wire.client = client
        wire.user = user
        wire.reason = reason
        wire.closedAt = closedAt.wire
        return wire
    }

    static func list(_ wire: [WireLogonGate]) throws(ProtocolError) -> [ClosedGate] {
        try checkCount(wire.count, "closed logon gates", ProtocolLimits.sectionCountLimit)
        var gates: [ClosedGate] = []
        for gate in wire { gates.append(try ClosedGate(wire: gate)) }
        return gates
    }
}
