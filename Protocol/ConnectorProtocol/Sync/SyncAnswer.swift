internal import FoundationEssentials

/// The relay's answer to a sync.
package struct SyncAnswer: Hashable, Sendable {
    package var standing: Standing
    /// The request's.
    package var requestID: [UInt8]
    /// In every answer a fresh one; shown with the next request.
    package var leaseToken: [UInt8]
    package var lease: Lease
    /// What is pending and watched by the relay's books, told from a fresh grant on, in pages.
    package var pending: [KeyEntry]
    package var watch: [KeyEntry]
    package var readRequests: [ReadRequest]
    /// Signed `Command`s, by ascending number.
    package var commands: [SignedBytes]

    /// An answer of its parts.
    package init(
        standing: Standing, requestID: [UInt8], leaseToken: [UInt8], lease: Lease, pending: [KeyEntry] = [],
        watch: [KeyEntry] = [], readRequests: [ReadRequest] = [], commands: [SignedBytes] = [],
    ) {
        self.standing = standing
        self.requestID = requestID
        self.leaseToken = leaseToken
        self.lease = lease
        self.pending = pending
        self.watch = watch
        self.readRequests = readRequests
        self.commands = commands
    }

    /// Reads an answer as it travels.
    /// - Throws: `unsupportedVersion`, `malformed`, or `tooLarge` with the part that is over its limit.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        try checkCount(bytes.count, "sync answer", ProtocolLimits.syncAnswerBytesLimit)
        let wire: WireSyncAnswer = try decodeWire(bytes, "sync answer")
        guard wire.requestID.count == 16,
            (1...ProtocolLimits.tokenBytesLimit).contains(wire.leaseToken.count)
        else { throw .malformed("sync answer: request id or token") }
        let list = ProtocolLimits.listCountLimit
        try checkCount(wire.pending.count, "pending keys", list)
        try checkCount(wire.watch.count, "watched keys", list)
        try checkCount(wire.readRequests.count, "read requests", list)
        try checkCount(wire.commands.count, "commands", ProtocolLimits.sectionCountLimit)
        self.init(
            standing: try Standing(wire: wire.standing), requestID: Array(wire.requestID),
            leaseToken: Array(wire.leaseToken), lease: try Lease(wire: wire.lease),
            pending: try KeyEntry.list(wire.pending), watch: try KeyEntry.list(wire.watch))
        for request in wire.readRequests { readRequests.append(try ReadRequest(wire: request)) }
        for command in wire.commands { commands.append(try SignedBytes(wire: command)) }
    }

    /// The answer as it travels.
    package var bytes: [UInt8] {
        var wire = WireSyncAnswer()
        wire.standing = standing.wire
        wire.requestID = .init(requestID)
        wire.leaseToken = .init(leaseToken)
        wire.lease = lease.wire
        wire.pending = pending.map(\.wire)
        wire.watch = watch.map(\.wire)
        wire.readRequests = readRequests.map(\.wire)
        wire.commands = commands.map(\.wire)
        return encodeWire(wire)
    }
}
