internal import FoundationEssentials
package import Values

/// The agent's heartbeat: who it is, what it holds, how it goes; waits for news.
package struct SyncRequest: Hashable, Sendable {
    /// 16 random bytes; the same again when an answer was lost.
    package var requestID: [UInt8]
    /// The last token that was received; empty before the first.
    package var leaseToken: [UInt8]
    /// 16 random bytes, drawn when the process started.
    package var process: [UInt8]
    /// When the request was made, by the relay's time as the agent knows it.
    package var created: Timestamp
    /// Whose heads the answer shall state.
    package var lineages: [Lineage]
    package var status: AgentStatus
    /// The highest epoch and command number that the agent has seen: the relay goes on above them.
    package var highestEpoch: UInt64
    package var highestCommand: UInt64
    package var closedGates: [ClosedGate]
    /// The agent asks for the lease, or to keep it.
    package var wantsLease: Bool
    /// How long the relay may wait for news, 0 to 25 seconds.
    package var waitSeconds: UInt32

    /// A request of its parts.
    package init(
        requestID: [UInt8], leaseToken: [UInt8], process: [UInt8], created: Timestamp, lineages: [Lineage],
        status: AgentStatus, highestEpoch: UInt64, highestCommand: UInt64, closedGates: [ClosedGate] = [],
        wantsLease: Bool, waitSeconds: UInt32,
    ) {
        self.requestID = requestID
        self.leaseToken = leaseToken
        self.process = process
        self.created = created
        self.lineages = lineages
        self.status = status
        self.highestEpoch = highestEpoch
        self.highestCommand = highestCommand
        self.closedGates = closedGates
        self.wantsLease = wantsLease
        self.waitSeconds = waitSeconds
    }

    /// Reads a request as it travels; a longer wait than allowed is cut to `ProtocolLimits.longestWait`.
    /// - Throws: `unsupportedVersion`, `malformed`, or `tooLarge` with the part that is over its limit.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        try checkCount(bytes.count, "sync request", ProtocolLimits.syncBytesLimit)
        let wire: WireSyncRequest = try decodeWire(bytes, "sync request")
        guard wire.wireVersion == WireVersion.current else { throw .unsupportedVersion(wire.wireVersion) }
        guard wire.requestID.count == 16, wire.process.count == 16,
            wire.leaseToken.count <= ProtocolLimits.tokenBytesLimit
        else { throw .malformed("sync request: request id, process or token") }
        guard wire.highestEpoch <= UInt64(Int64.max), wire.highestCommand <= UInt64(Int64.max) else {
            throw .malformed("sync request: highest epoch or command")
        }
        try checkCount(wire.lineages.count, "lineages of a request", ProtocolLimits.lineageCountLimit)
        var lineages: [Lineage] = []
        for lineage in wire.lineages {
            lineages.append(try Lineage(wire: Array(lineage), "sync request: lineage"))
        }
        self.init(
            requestID: Array(wire.requestID), leaseToken: Array(wire.leaseToken),
            process: Array(wire.process), created: try Timestamp(wire: wire.created, "sync request: created"),
            lineages: lineages, status: try AgentStatus(wire: wire.status), highestEpoch: wire.highestEpoch,
            highestCommand: wire.highestCommand, closedGates: try ClosedGate.list(wire.closedGates),
            wantsLease: wire.wantsLease,
            waitSeconds: min(wire.waitSeconds, UInt32(ProtocolLimits.longestWait.components.seconds)))
    }

    /// The request as it travels.
    package var bytes: [UInt8] {
        var wire = WireSyncRequest()
        wire.wireVersion = WireVersion.current
        wire.requestID = .init(requestID)
        wire.leaseToken = .init(leaseToken)
        wire.process = .init(process)
        wire.created = created.wire
        wire.lineages = lineages.map { .init($0.bytes) }
        wire.status = status.wire
        wire.highestEpoch = highestEpoch
        wire.highestCommand = highestCommand
        wire.closedGates = closedGates.map(\.wire)
        wire.wantsLease = wantsLease
        wire.waitSeconds = waitSeconds
        return encodeWire(wire)
    }
}
