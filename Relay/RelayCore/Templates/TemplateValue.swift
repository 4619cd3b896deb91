internal import ConnectorProtocol
internal import Foundation
internal import Mustache
internal import RuleLanguage
internal import Values

/// A single value of a record as templates see it.
struct TemplateValue: MustacheCustomRenderable, MustacheTransformable, MustacheParent {
    let value: RecordValue?
    let isKey: Bool
    let isMoney: Bool
    let format: ValueFormat

    /// A plain text.
    init(_ text: String, _ format: ValueFormat) {
        self.init(.text(text), isKey: false, isMoney: false, format)
    }

    init(_ value: RecordValue?, isKey: Bool, isMoney: Bool, _ format: ValueFormat) {
        self.value = value
        self.isKey = isKey
        self.isMoney = isMoney
        self.format = format
    }

    /// Absent values and empty texts open no section.
    var isNull: Bool { renderText.isEmpty }

    var renderText: String {
        switch value {
        case .text(let text): isKey ? SAPKey(text).stripped : text
        case .integer(let number): String(number)
        case .boolean(let truth): String(truth)
        case .decimal(let number): format.text(number, isMoney: isMoney)
        case .date(let date): format.text(date)
        case .timeOfDay(let time): format.text(time)
        case .timestamp(let timestamp): format.text(timestamp)
        case .bytes, .record, .list, nil: ""
        }
    }

    /// A value has no members: its own properties must not show through to templates.
    func child(named: String) -> Any? { nil }

    func transform(_ name: String) -> Any? {
        switch (TemplateFunction(rawValue: name), value) {
        case (.uppercased, _): TemplateValue(renderText.uppercased(), format)
        case (.lowercased, _): TemplateValue(renderText.lowercased(), format)
        case (.grouped, .decimal(let number)):
            TemplateValue(format.text(number, isMoney: isMoney, isGrouped: true), format)
        case (.grouped, .integer(let number)):
            TemplateValue(format.text(ExactDecimal(number), isMoney: true, isGrouped: true), format)
        case (.plain, .decimal(let number)): TemplateValue(number.description, format)
        case (.plain, .integer(let number)): TemplateValue(String(number), format)
        case (.iso, .date(let date)): TemplateValue(date.description, format)
        case (.iso, .timestamp(let timestamp)): TemplateValue(timestamp.description, format)
        case (.iso, .timeOfDay(let time)): TemplateValue(time.description, format)
        case (nil, _): nil
        default: TemplateValue("", format)
        }
    }
}

/// A record as templates see it, for one rendering.
///
/// A field that the event does not have is empty here and does not fall through to a field of the same name further
/// out: an item without a number must not show the order's.
final class TemplateRecord: MustacheParent {
    private let record: Record
    /// By which the event was written.
    private let fields: [FieldSchema]
    /// Which rules were checked against.
    private let schema: RecordSchema
    private let format: ValueFormat
    /// Made once each: `{{#items}}{{count(items)}}{{/items}}` asks for all items with every item.
    private var children: [String: Any?] = [:]

    init(record: Record, fields: [FieldSchema], schema: RecordSchema, format: ValueFormat) {
        self.record = record
        self.fields = fields
        self.schema = schema
        self.format = format
    }

    func child(named name: String) -> Any? {
        if let known = children[name] { return known }
        let made = make(name)
        children.updateValue(made, forKey: name)
        return made
    }

    private func make(_ name: String) -> Any? {
        guard let known = schema.field(name) else { return nil }
        guard let field = fields.first(where: { $0.name == name }), let value = record[field.number] else {
            return known.isList ? [Any]() : single(nil, nil, known)
        }
        if case .list(let items) = value { return items.map { single($0, field, known) } }
        return known.isList ? [single(value, field, known)] : single(value, field, known)
    }

    private func single(_ value: RecordValue?, _ field: FieldSchema?, _ known: RecordSchema.Field) -> Any {
        switch value {
        case .record(let inner):
            TemplateRecord(record: inner, fields: field?.fields ?? [], schema: known.record, format: format)
        case .boolean(let truth): truth
        case nil where known.kind == .boolean: false
        // `buyer.name` of an order without a buyer is empty; a section about the buyer stays closed.
        case nil where known.kind == .record: AbsentRecord(schema: known.record, format: format)
        default:
            TemplateValue(
                value, isKey: field?.kind == .key, isMoney: field?.currency != nil, format)
        }
    }
}

/// A record that the event does not have.
struct AbsentRecord: MustacheParent, MustacheCustomRenderable {
    let schema: RecordSchema
    let format: ValueFormat

    var isNull: Bool { true }
    var renderText: String { "" }

    func child(named name: String) -> Any? {
        guard let known = schema.field(name) else { return nil }
        if known.isList { return [Any]() }
        if known.kind == .record { return AbsentRecord(schema: known.record, format: format) }
        return TemplateValue(nil, isKey: false, isMoney: false, format)
    }
}

/// What a template sees at its top: the record's fields, the record as `e`, and the names beside it.
struct TemplateRoot: MustacheParent {
    let record: TemplateRecord
    let attributes: [String: [String: TemplateValue]]

    func child(named name: String) -> Any? {
        if let value = record.child(named: name) { return value }
        return name == "e" ? record : attributes[name]
    }
}
