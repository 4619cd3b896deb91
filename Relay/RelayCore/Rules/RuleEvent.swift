package import ConnectorProtocol
package import Cryptography
package import Values

/// An event as rules and templates see it.
package struct RuleEvent: Sendable {
    package let id: Digest32
    package let type: String
    package let source: String
    package let subject: String
    package let origin: Origin
    package let time: EventTime
    package let detectedAt: Timestamp
    /// The schema that `data` is written by.
    package let schema: EventSchema
    /// The record, in protobuf wire format.
    package let data: [UInt8]

    /// An event of its parts.
    package init(
        id: Digest32, type: String, source: String, subject: String, origin: Origin, time: EventTime,
        detectedAt: Timestamp, schema: EventSchema, data: [UInt8],
    ) {
        self.id = id
        self.type = type
        self.source = source
        self.subject = subject
        self.origin = origin
        self.time = time
        self.detectedAt = detectedAt
        self.schema = schema
        self.data = data
    }

    /// A fact as it travelled; the id is given because a reading has none until the relay numbers it.
    package init(_ event: Event, id: Digest32, schema: EventSchema) {
        self.init(
            id: id, type: event.type, source: event.source, subject: event.subject, origin: event.origin,
            time: event.time, detectedAt: event.detectedAt, schema: schema, data: event.data)
    }

    /// The record by the numbers of `schema`.
    /// - Throws: `malformed` for bytes that the schema cannot read.
    package func record() throws(ProtocolError) -> Record {
        try RecordDecoder.decode(data, by: schema.fields)
    }

    /// The values of a path such as `number`, `buyer.user` or `items.cost_center`, each once and in order.
    ///
    /// Keys stand without leading zeros, numbers without trailing ones, dates as ISO 8601; absent fields and empty
    /// texts give nothing.
    package func texts(at path: String) throws(ProtocolError) -> [String] {
        var found: [String] = []
        Self.collect(
            path.split(separator: ".").map(String.init)[...], of: try record(), by: schema.fields,
            into: &found)
        var seen: Set<String> = []
        return found.filter { seen.insert($0).inserted }
    }

    private static func collect(
        _ path: ArraySlice<String>, of record: Record, by fields: [FieldSchema], into found: inout [String],
    ) {
        guard let name = path.first, let field = fields.first(where: { $0.name == name }),
            let value = record[field.number]
        else { return }
        let values = if case .list(let items) = value { items } else { [value] }
        for value in values {
            if case .record(let inner) = value {
                collect(path.dropFirst(), of: inner, by: field.fields, into: &found)
            } else if let text = plainText(value, field.kind), !text.isEmpty {
                found.append(text)
            }
        }
    }

    private static func plainText(_ value: RecordValue, _ kind: FieldKind) -> String? {
        switch value {
        case .text(let text): kind == .key ? SAPKey(text).stripped : text
        case .integer(let number): String(number)
        case .boolean(let truth): String(truth)
        case .decimal(let number): number.normalized.description
        case .date(let date): date.description
        case .timeOfDay(let time): time.description
        case .timestamp(let timestamp): timestamp.description
        case .bytes, .record, .list: nil
        }
    }
}
