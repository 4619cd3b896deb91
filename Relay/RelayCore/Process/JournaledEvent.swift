internal import ConnectorProtocol
internal import Cryptography

/// An event that the journal has just taken, with what is decided about it.
struct JournaledEvent: Sendable {
    /// Where it came from.
    enum Kind: String, Sendable { case fact, reading, transition, connector }

    let number: Int64
    let id: Digest32
    let incoming: IncomingEvent
    /// Whether rules see it.
    let isTold: Bool
    /// The earliest instant at which it could be known: its age counts from here.
    let knownAt: Moment

    var event: Event { incoming.event }
    var record: RecordView { incoming.record }

    /// The event as rules see it.
    var ruleEvent: RuleEvent { RuleEvent(event, id: id, schema: incoming.schema) }
}

extension Event {
    /// The earliest instant that the time and its precision allow; when it was detected, where it has none.
    var earliest: Moment { time.instant.map(Moment.init) ?? Moment(detectedAt) }

    /// When the fact could first be known: never a bare date, which says when at the earliest, but the end of that
    /// day or the moment of detection (DESIGN.md 6.2).
    var known: Moment {
        let detected = Moment(detectedAt)
        guard let instant = time.instant.map(Moment.init) else { return detected }
        return min(detected, time.precision == .day ? instant + .seconds(86_400) : instant)
    }
}
