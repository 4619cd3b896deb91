package import ConnectorProtocol
package import Values

/// Everything of an event but what polling and batching add to it (origin, detected_at, salt, leaf).
package struct DraftEvent: Hashable, Sendable {
    /// What numbers the transition (DESIGN 4.2).
    package enum Version: Hashable, Sendable {
        /// Comes once per business key: the constant 1.
        case once
        /// CHANGENR, UDATE and UTIME of the change document, joined.
        case changeDocument(String)
        /// A reading of state: the relay numbers it. `state` is what is compared: a word of the feed, or the
        /// digest of `data` in hexadecimal. SAP's clock before and after the read, as instants, widened by 5 s
        /// on both sides. `created` is the creation stamp of the document, where it has one.
        case reading(state: String, begun: Timestamp, ended: Timestamp, created: LocalDateTime?)
    }

    /// Event type, for example `sap.purchase_order.created`.
    package let type: String
    /// Canonical document key and creation stamp of the row that owns the document.
    package let businessKey: String
    /// Name of the transition within the document type, for example `created`; `state` for readings.
    package let transition: String
    package let version: Version
    /// The document's number as people know it, leading zeros stripped.
    package let subject: String
    /// When it happened by SAP's stamp; local, in the server's zone.
    package let time: LocalDateTime
    /// True where SAP keeps only the date of it.
    package let timeIsDateOnly: Bool
    /// Seconds east of UTC of SAP's zone when it was read.
    package let offsetSeconds: Int
    package let schema: EventSchema
    /// The record's fields on the wire, by the numbers of `schema`.
    package let data: [UInt8]
    /// REF_DOC_NO as SAP holds it, empty where the document has none.
    package let reference: String

    package init(
        type: String, businessKey: String, transition: String, version: Version, subject: String,
        time: LocalDateTime, timeIsDateOnly: Bool, offsetSeconds: Int, schema: EventSchema, data: [UInt8],
        reference: String = "",
    ) {
        self.type = type
        self.businessKey = businessKey
        self.transition = transition
        self.version = version
        self.subject = subject
        self.time = time
        self.timeIsDateOnly = timeIsDateOnly
        self.offsetSeconds = offsetSeconds
        self.schema = schema
        self.data = data
        self.reference = reference
    }
}
