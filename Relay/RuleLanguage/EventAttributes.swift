package import Values

/// What conditions see of an event beside its record, as the variable `event`.
package struct EventAttributes: Sendable {
    /// In hexadecimal.
    package var id: String
    package var type: String
    package var subject: String
    package var origin: String
    package var source: String
    /// The first moment at which it can have been; nil where that lies outside years 1 to 9999.
    package var time: Timestamp?
    package var detectedAt: Timestamp

    /// Attributes of these values.
    package init(
        id: String, type: String, subject: String, origin: String, source: String, time: Timestamp?,
        detectedAt: Timestamp,
    ) {
        self.id = id
        self.type = type
        self.subject = subject
        self.origin = origin
        self.source = source
        self.time = time
        self.detectedAt = detectedAt
    }

    static let schema = RecordSchema(fields: [
        RecordSchema.Field(name: "id", number: 1, kind: .text),
        RecordSchema.Field(name: "type", number: 2, kind: .text),
        RecordSchema.Field(name: "subject", number: 3, kind: .text),
        RecordSchema.Field(name: "origin", number: 4, kind: .text),
        RecordSchema.Field(name: "source", number: 5, kind: .text),
        RecordSchema.Field(name: "time", number: 6, kind: .timestamp),
        RecordSchema.Field(name: "detected_at", number: 7, kind: .timestamp),
    ])

    /// The value of a field of the schema.
    func cell(_ name: String, _ machine: inout Machine) -> Cell {
        switch name {
        case "id": machine.string(id.utf8)
        case "type": machine.string(type.utf8)
        case "subject": machine.string(subject.utf8)
        case "origin": machine.string(origin.utf8)
        case "source": machine.string(source.utf8)
        case "time": time.map { .instant(.timestamp, $0.seconds, $0.nanoseconds) } ?? Cell(.absent)
        default: .instant(.timestamp, detectedAt.seconds, detectedAt.nanoseconds)
        }
    }
}
