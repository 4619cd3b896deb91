internal import Cryptography
import FoundationEssentials
internal import Values

extension Event {
    /// Reads an event as it travels.
    /// - Throws: `malformed` for what cannot be one, an id that is not the scheme's included.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WireEvent = try decodeWire(bytes, "event")
        let version: Version
        if wire.hasReading {
            guard wire.id.isEmpty, wire.version.isEmpty else {
                throw .malformed("event: a reading has no id")
            }
            version = .reading(try Reading(wire: wire.reading))
        } else {
            guard !wire.version.isEmpty else { throw .malformed("event: version") }
            version = .named(wire.version)
        }
        self.init(
            source: wire.source, type: wire.type, subject: wire.subject, businessKey: wire.businessKey,
            transition: wire.transition, version: version, origin: try Origin(wire: wire.origin),
            time: try EventTime(wire: wire.time),
            detectedAt: try Timestamp(wire: wire.detectedAt, "event: detected_at"),
            schema: try Digest32(wire: Array(wire.schema), "event: schema"), data: Array(wire.data),
            reference: wire.reference, feed: wire.feed)
        guard !source.isEmpty, !type.isEmpty, !businessKey.isEmpty, !transition.isEmpty else {
            throw .malformed("event: source, type, business key or transition")
        }
        if let id {
            guard wire.idScheme == EventIdentity.scheme, Array(wire.id) == id.bytes else {
                throw .malformed("event: id")
            }
        }
    }

    /// The event as it travels.
    package var bytes: [UInt8] {
        var wire = WireEvent()
        wire.source = source
        wire.type = type
        wire.subject = subject
        wire.businessKey = businessKey
        wire.transition = transition
        switch version {
        case .named(let version): wire.version = version
        case .reading(let reading): wire.reading = reading.wire
        }
        if let id {
            wire.id = .init(id.bytes)
            wire.idScheme = EventIdentity.scheme
        }
        wire.origin = origin.wire
        wire.time = time.wire
        wire.detectedAt = detectedAt.wire
        wire.schema = .init(schema.bytes)
        wire.data = .init(data)
        wire.reference = reference
        wire.feed = feed
        return encodeWire(wire)
    }
}
