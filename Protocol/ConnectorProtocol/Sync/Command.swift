internal import FoundationEssentials
package import Values

/// One thing that the relay wants done; travels signed by the relay, as `SignedBytes` of context `command`.
package struct Command: Hashable, Sendable {
    /// For whom: agent and lineage, both of which must be the receiver's.
    package var agent: String
    package var lineage: Lineage
    /// Strictly increasing; the agent keeps the highest.
    package var number: UInt64
    /// Of the lease under which it was given.
    package var epoch: UInt64
    package var expires: Timestamp
    /// What is to be done; what an agent does not know it refuses.
    package var name: String
    package var arguments: [UInt8]

    /// A command of its parts.
    package init(
        agent: String, lineage: Lineage, number: UInt64, epoch: UInt64, expires: Timestamp, name: String,
        arguments: [UInt8] = [],
    ) {
        self.agent = agent
        self.lineage = lineage
        self.number = number
        self.epoch = epoch
        self.expires = expires
        self.name = name
        self.arguments = arguments
    }

    /// Reads the payload of a signed command.
    /// - Throws: `malformed` or `tooLarge`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WireCommand = try decodeWire(bytes, "command")
        try checkCount(wire.arguments.count, "arguments of a command", ProtocolLimits.commandBytesLimit)
        guard wire.number > 0, wire.number <= UInt64(Int64.max), wire.epoch <= UInt64(Int64.max),
            !wire.agent.isEmpty, !wire.name.isEmpty
        else { throw .malformed("command") }
        for text in [wire.agent, wire.name] { try checkName(text, "command") }
        self.init(
            agent: wire.agent, lineage: try Lineage(wire: Array(wire.lineage), "command: lineage"),
            number: wire.number, epoch: wire.epoch,
            expires: try Timestamp(wire: wire.expires, "command: expires"), name: wire.name,
            arguments: Array(wire.arguments))
    }

    /// The payload of a signed command.
    package var bytes: [UInt8] {
        var wire = WireCommand()
        wire.agent = agent
        wire.lineage = .init(lineage.bytes)
        wire.number = number
        wire.epoch = epoch
        wire.expires = expires.wire
        wire.name = name
        wire.arguments = .init(arguments)
        return encodeWire(wire)
    }
}
