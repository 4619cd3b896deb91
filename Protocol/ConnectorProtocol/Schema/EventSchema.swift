package import Cryptography

/// The fields of one event type.
///
/// Its digest is the name by which events point to it.
package struct EventSchema: Hashable, Sendable {
    /// The event type that it describes.
    package let type: String
    /// By ascending number.
    package let fields: [FieldSchema]
    /// As it travels, and as `digest` is made of.
    package let bytes: [UInt8]
    /// SHA-256 of `bytes`.
    package let digest: Digest32

    /// A schema of these fields, which are put in order of their numbers.
    /// - Throws: `malformed` when a number or a name comes twice.
    package init(type: String, fields: [FieldSchema]) throws(ProtocolError) {
        let ordered = fields.sorted { $0.number < $1.number }
        var wire = WireEventSchema()
        wire.type = type
        wire.fields = ordered.map(\.wire)
        try self.init(bytes: encodeWire(wire))
    }

    /// A schema of this build's own making, whose numbers and names a test has checked.
    init(trusted type: String, fields: [FieldSchema]) {
        self.type = type
        self.fields = fields.sorted { $0.number < $1.number }
        var wire = WireEventSchema()
        wire.type = type
        wire.fields = self.fields.map(\.wire)
        bytes = encodeWire(wire)
        digest = SHA256.hash(bytes)
    }

    /// Reads a schema as it travels; its digest is that of these very bytes.
    /// - Throws: `malformed` for what is none, a record nested more than eight deep included.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WireEventSchema = try decodeWire(bytes, "schema")
        guard !wire.type.isEmpty else { throw .malformed("schema: type") }
        var fields: [FieldSchema] = []
        for field in wire.fields { fields.append(try FieldSchema(wire: field, depth: 8)) }
        try FieldSchema.check(fields)
        type = wire.type
        self.fields = fields
        self.bytes = bytes
        digest = SHA256.hash(bytes)
    }

    /// The field of that name in the outermost record.
    package func field(_ name: String) -> FieldSchema? { fields.first { $0.name == name } }

    package static func == (left: EventSchema, right: EventSchema) -> Bool { left.digest == right.digest }
    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
