package import Values

/// How one stream of a feed goes.
package struct FeedStatus: Hashable, Sendable {
    /// `/sap/PRD/100`.
    package var source: String
    package var stream: String
    /// By the relay's clock as the agent knows it; nil before the first poll.
    package var lastPoll: Timestamp?
    /// SAP's clock at that poll.
    package var sapTime: LocalDateTime?
    /// Keys that could not be read yet.
    package var pending: UInt64
    /// Documents that are not final.
    package var watched: UInt64
    /// Class and sentence of the last failure; empty when the last poll went well.
    package var errorClass: String
    package var error: String

    /// A status of its parts; nothing happened yet by default.
    package init(
        source: String, stream: String, lastPoll: Timestamp? = nil, sapTime: LocalDateTime? = nil,
        pending: UInt64 = 0, watched: UInt64 = 0, errorClass: String = "", error: String = "",
    ) {
        self.source = source
        self.stream = stream
        self.lastPoll = lastPoll
        self.sapTime = sapTime
        self.pending = pending
        self.watched = watched
        self.errorClass = errorClass
        self.error = error
    }

    init(wire: WireFeedStatus) throws(ProtocolError) {
        self.init(
            source: wire.source, stream: wire.stream,
            lastPoll: wire.hasLastPoll ? try Timestamp(wire: wire.lastPoll, "status: last poll") : nil,
            sapTime: wire.hasSapTime ? try LocalDateTime(wire: wire.sapTime, "status: SAP's time") : nil,
            pending: wire.pending, watched: wire.watched, errorClass: wire.errorClass, error: wire.error)
        for text in [source, stream, errorClass] { try checkName(text, "status of a feed") }
        guard error.utf8.count <= ProtocolLimits.sentenceBytesLimit else {
            throw .tooLarge(what: "error of a feed", limit: ProtocolLimits.sentenceBytesLimit)
        }
    }

    var wire: WireFeedStatus {
        var wire = WireFeedStatus()
        wire.source = source
        wire.stream = stream
        if let lastPoll { wire.lastPoll = lastPoll.wire }
        if let sapTime { wire.sapTime = sapTime.wire }
        wire.pending = pending
        wire.watched = watched
        wire.errorClass = errorClass
        wire.error = error
        return wire
    }
}

/// What an agent says of itself with every sync.
package struct AgentStatus: Hashable, Sendable {
    /// Of the agent's program.
    package var version: String
    package var host: String
    /// Sealed and not acknowledged.
    package var spooledEvents: UInt64
    package var spooledBytes: UInt64
    package var feeds: [FeedStatus]
    /// What the host's clock is ahead of the relay's, as the agent knows it; whole milliseconds travel.
    package var clockDifference: Duration

    /// A status of its parts.
    package init(
        version: String, host: String, spooledEvents: UInt64 = 0, spooledBytes: UInt64 = 0,
        feeds: [FeedStatus] = [], clockDifference: Duration = .zero,
    ) {
        self.version = version
        self.host = host
        self.spooledEvents = spooledEvents
        self.spooledBytes = spooledBytes
        self.feeds = feeds
        self.clockDifference = clockDifference
    }

    init(wire: WireAgentStatus) throws(ProtocolError) {
        try checkCount(wire.feeds.count, "feeds of a status", ProtocolLimits.sectionCountLimit)
        self.init(
            version: wire.version, host: wire.host, spooledEvents: wire.spooledEvents,
            spooledBytes: wire.spooledBytes, clockDifference: .milliseconds(wire.clockDifference))
        for text in [version, host] { try checkName(text, "status") }
        for feed in wire.feeds { feeds.append(try FeedStatus(wire: feed)) }
    }

    var wire: WireAgentStatus {
        var wire = WireAgentStatus()
        wire.version = version
        wire.host = host
        wire.spooledEvents = spooledEvents
        wire.spooledBytes = spooledBytes
        wire.feeds = feeds.prefix(ProtocolLimits.sectionCountLimit).map(\.wire)
        let (seconds, attoseconds) = clockDifference.components
        wire.clockDifference = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        return wire
    }
}
