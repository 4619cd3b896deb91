package import Values

/// "Read this key again": stands until a reading begun after `since` comes from the holder of the lease.
package struct ReadRequest: Hashable, Sendable {
    /// `/sap/PRD/100`.
    package var source: String
    /// Name of the feed that made the reading, as `Event.feed` has it.
    package var stream: String
    package var businessKey: String
    /// By the relay's clock.
    package var since: Timestamp

    /// A request of its parts.
    package init(source: String, stream: String, businessKey: String, since: Timestamp) {
        self.source = source
        self.stream = stream
        self.businessKey = businessKey
        self.since = since
    }

    init(wire: WireReadRequest) throws(ProtocolError) {
        self.init(
            source: wire.source, stream: wire.stream, businessKey: wire.businessKey,
            since: try Timestamp(wire: wire.since, "read request"))
        guard !stream.isEmpty, !businessKey.isEmpty else { throw .malformed("read request") }
        for text in [source, stream] { try checkName(text, "read request") }
        try checkCount(businessKey.utf8.count, "business key", ProtocolLimits.sentenceBytesLimit)
    }

    var wire: WireReadRequest {
        var wire = WireReadRequest()
        wire.source = source
        wire.stream = stream
        wire.businessKey = businessKey
        wire.since = since.wire
        return wire
    }
}
