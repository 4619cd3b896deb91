package import ConnectorProtocol
internal import Cryptography
internal import Values

/// Events that the relay itself makes about SAP's documents: rules may be written about them like about any other.
package enum DerivedEvent {
    /// The schemas of all of them, for the catalogue that rules are checked against.
    package static var schemas: [EventSchema] { [numberReused, suspectedDuplicate].compactMap(\.self) }

    /// A known document number came with another creation stamp: SAP was restored, or a client copied.
    static let numberReused = try? EventSchema(
        type: "connector.number_reused",
        fields: [
            FieldSchema("number", 1, .key, maxLength: 70),
            FieldSchema("document_type", 2, .text, maxLength: 80),
            FieldSchema("business_key", 3, .text, maxLength: 400),
            FieldSchema("earlier_business_key", 4, .text, maxLength: 400),
        ])

    /// Another invoice of the same vendor, company code and document type bears the same REF_DOC_NO.
    static let suspectedDuplicate = try? EventSchema(
        type: "connector.suspected_duplicate",
        fields: [
            FieldSchema("number", 1, .key, maxLength: 70),
            FieldSchema("vendor", 2, .key, maxLength: 10),
            FieldSchema("company_code", 3, .text, maxLength: 4),
            FieldSchema("ref_doc_no", 4, .text, maxLength: 35),
            FieldSchema("document_type", 5, .text, maxLength: 2),
            FieldSchema("business_key", 6, .text, maxLength: 400),
            FieldSchema("earlier_business_key", 7, .text, maxLength: 400),
            FieldSchema("earlier_number", 8, .key, maxLength: 70),
            FieldSchema("currency", 9, .text, maxLength: 5),
            FieldSchema("gross_amount", 10, .decimal, maxLength: 31, currency: .sibling(9)),
            FieldSchema("is_held", 11, .boolean),
            FieldSchema("vendor_name", 12, .text, maxLength: 80),
            FieldSchema("purchasing_group", 13, .text, maxLength: 3),
        ])

    /// An event about `cause`, under its business key: the same cause gives the same event.
    ///
    /// - Parameter values: by the schema's field names; longer texts are cut at the field's length.
    /// - Throws: `malformed` where a value is not of its field's kind.
    static func make(
        _ schema: EventSchema?, about cause: Event, transition: String, values: [String: RecordValue],
        now: Moment,
    ) throws(ProtocolError) -> IncomingEvent {
        guard let schema else { throw .malformed("schema of an event of the connector") }
        var record = Record()
        for field in schema.fields {
            guard var value = values[field.name] else { continue }
            if case .text(let text) = value, let limit = field.maxLength {
                value = .text(text, cutAt: limit)
            }
            record[field.number] = value
        }
        let event = Event(
            source: cause.source, type: schema.type, subject: cause.subject, businessKey: cause.businessKey,
            transition: transition, version: .named("1"), origin: cause.origin, time: cause.time,
            detectedAt: now.timestamp, schema: schema.digest,
            data: try RecordEncoder.encode(record, by: schema.fields), reference: cause.reference,
            feed: cause.feed)
        return try IncomingEvent(event, schema: schema)
    }
}

extension RecordValue {
    /// A text of at most `limit` scalars, as the encoder counts them.
    static func text(_ text: String, cutAt limit: Int) -> RecordValue {
        .text(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))))
    }
}
