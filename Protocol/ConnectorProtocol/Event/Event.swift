package import Cryptography
package import Values

/// One fact from SAP, or one reading of a state, as it travels and as it is journaled.
package struct Event: Hashable, Sendable {
    /// What tells this fact from others of the same document and transition.
    package enum Version: Hashable, Sendable {
        /// Named by the agent: `1` for what happens once; CHANGENR, UDATE and UTIME for a change document.
        case named(String)
        /// A state; the relay makes the transition, and numbers it.
        case reading(Reading)
    }

    /// URI reference of the SAP client, `/sap/PRD/100` (see `Event.source(system:client:)`).
    package var source: String
    /// `sap.purchase_order.created`.
    package var type: String
    /// The document's number as people write it, `4500000001`.
    package var subject: String
    /// Canonical document key and creation stamp (`BusinessKey`).
    package var businessKey: String
    /// `created`, `changed`, ...; `state` in a reading of a master.
    package var transition: String
    package var version: Version
    package var origin: Origin
    package var time: EventTime
    /// When the agent first saw it, by the relay's clock as the agent knows it.
    package var detectedAt: Timestamp
    /// Digest of the schema that `data` is written by.
    package var schema: Digest32
    /// The record, in protobuf wire format by the schema's numbers.
    package var data: [UInt8]
    /// REF_DOC_NO (XBLNR) as SAP holds it; empty where the document has none.
    package var reference: String
    /// Name of the feed that read it.
    package var feed: String

    /// An event of its attributes.
    package init(
        source: String, type: String, subject: String, businessKey: String, transition: String,
        version: Version, origin: Origin, time: EventTime, detectedAt: Timestamp, schema: Digest32,
        data: [UInt8], reference: String = "", feed: String = "",
    ) {
        self.source = source
        self.type = type
        self.subject = subject
        self.businessKey = businessKey
        self.transition = transition
        self.version = version
        self.origin = origin
        self.time = time
        self.detectedAt = detectedAt
        self.schema = schema
        self.data = data
        self.reference = reference
        self.feed = feed
    }

    /// The fact's name by the present scheme; `nil` in a reading, which has none until the relay numbers it.
    package var id: Digest32? {
        guard case .named(let version) = version else { return nil }
        return EventIdentity.id(
            source: source, businessKey: businessKey, transition: transition, version: version)
    }

    /// The reading, where it is one.
    package var reading: Reading? {
        guard case .reading(let reading) = version else { return nil }
        return reading
    }

    /// The source of a SAP client: `/sap/` system id `/` client.
    package static func source(system: String, client: String) -> String { "/sap/\(system)/\(client)" }
}
