package import ConnectorProtocol
package import RuleLanguage

/// The event types that a tenant's rules may name, with their fields.
///
/// A type may have several schemas, of older and newer agents; what rules and templates may use are the fields of
/// all of them, by name, the newest of each.
package struct SchemaCatalogue: Sendable {
    private var newest: [String: EventSchema] = [:]
    private var merged: [String: RecordSchema] = [:]

    /// The built-in types alone.
    package static let builtIn = SchemaCatalogue(BuiltInSchemas.all)

    /// A catalogue of these schemas, oldest first.
    package init(_ schemas: [EventSchema]) {
        for schema in schemas {
            newest[schema.type] = schema
            let record = RecordSchema(schema.fields)
            merged[schema.type] = merged[schema.type]?.merged(with: record) ?? record
        }
    }

    /// The newest schema of a type, nil for a type that nobody has sent or built in.
    package func schema(of type: String) -> EventSchema? { newest[type] }

    /// The fields that rules about a type may use.
    package func record(of type: String) -> RecordSchema? { merged[type] }

    /// All types, in the order of their names.
    package var types: [String] { newest.keys.sorted() }
}

extension RecordSchema {
    /// The fields of an event's schema, as the rule language sees them.
    package init(_ fields: [FieldSchema]) {
        self.init(
            fields: fields.map { field in
                RecordSchema.Field(
                    name: field.name, number: field.number, kind: RecordSchema.Kind(field.kind),
                    isList: field.isList, maxLength: field.maxLength, maxCount: field.maxCount,
                    isMoney: field.currency != nil, record: RecordSchema(field.fields))
            })
    }
}

extension RecordSchema.Kind {
    init(_ kind: FieldKind) {
        switch kind {
        case .text: self = .text
        case .integer: self = .integer
        case .boolean: self = .boolean
        case .decimal: self = .decimal
        case .date: self = .date
        case .timeOfDay: self = .timeOfDay
        case .timestamp: self = .timestamp
        case .bytes: self = .bytes
        case .record: self = .record
        case .key: self = .key
        }
    }
}
