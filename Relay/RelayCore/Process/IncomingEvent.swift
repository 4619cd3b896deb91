internal import ConnectorProtocol
internal import Cryptography

/// An event of a batch, decoded as far as its record.
struct IncomingEvent: Sendable {
    let event: Event
    let schema: EventSchema
    let record: RecordView

    /// Decodes an event's record by its schema.
    /// - Throws: `malformed` for a record that the schema cannot read.
    init(_ event: Event, schema: EventSchema) throws(ProtocolError) {
        self.event = event
        self.schema = schema
        record = RecordView(try RecordDecoder.decode(event.data, by: schema.fields), fields: schema.fields)
    }
}

/// What a leaf turned out to be.
enum LeafContent: Sendable {
    case event(IncomingEvent)
    /// Goes to quarantine: a word for the kind, and a sentence.
    case undecodable(code: String, reason: String)

    /// Decodes a leaf; whatever is wrong with it is its own matter and stops nothing else.
    ///
    /// - Parameter schema: by the digest that the event names.
    static func decode(
        _ leaf: ReceivedBatch.Leaf, schema: (Digest32) throws -> EventSchema?,
    ) throws -> LeafContent {
        guard let bytes = leaf.bytes else {
            return .undecodable(code: "erased", reason: "The event was erased before it was processed.")
        }
        do {
            let event = try Event(bytes: bytes)
            guard let schema = try schema(event.schema) else {
                return .undecodable(
                    code: "unknown_schema",
                    reason: "The event names schema \(event.schema), which no batch has brought.")
            }
            guard schema.type == event.type else {
                return .undecodable(
                    code: "wrong_schema",
                    reason: "The event is of type \(event.type), its schema of type \(schema.type).")
            }
            return .event(try IncomingEvent(event, schema: schema))
        } catch let error as ProtocolError {
            return .undecodable(code: "malformed", reason: error.description)
        }
    }
}
