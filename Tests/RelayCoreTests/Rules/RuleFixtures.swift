import ConnectorProtocol
import Cryptography
import Foundation
import Testing
import Values

@testable import RelayCore

/// Events and rule files for the tests of rules and templates.
enum RuleFixtures {
    /// The built-in types.
    static let catalogue = SchemaCatalogue.builtIn

    /// A moment that tests take as `now`.
    static let now = Timestamp(seconds: 1_800_000_000) ?? .first

    static func file(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(
            contentsOf: folder.appendingPathComponent("Fixtures/rules/\(name)"), encoding: .utf8)
    }

    static func event(_ type: String, _ values: [String: Any]) throws -> RuleEvent {
        let schema = try #require(catalogue.schema(of: type))
        return try event(schema, values)
    }

    static func event(_ schema: EventSchema, _ values: [String: Any]) throws -> RuleEvent {
        let record = try record(values, schema.fields)
        let date = try #require(LocalDate(parsing: "2026-03-05"))
        return RuleEvent(
            id: SHA256.hash(Array("event".utf8)), type: schema.type, source: "/sap/PRD/100",
            subject: "4500000001", origin: .live,
            time: EventTime(
                stamp: LocalDateTime(date, TimeOfDay(hour: 10, minute: 15, second: 0) ?? .midnight),
                precision: .second, zone: "CET", offsetSeconds: 3_600),
            detectedAt: try #require(Timestamp(parsing: "2026-03-05T09:15:20Z")), schema: schema,
            data: try RecordEncoder.encode(record, by: schema.fields))
    }

    static func record(_ values: [String: Any], _ fields: [FieldSchema]) throws -> Record {
        var record = Record()
        for (name, value) in values {
            let field = try #require(fields.first { $0.name == name }, "no field \(name)")
            record[field.number] = try self.value(value, field)
        }
        return record
    }

    private static func value(_ value: Any, _ field: FieldSchema) throws -> RecordValue {
        if field.isList, let items = value as? [Any] { return .list(try items.map { try single($0, field) }) }
        return try single(value, field)
    }

    private static func single(_ value: Any, _ field: FieldSchema) throws -> RecordValue {
        switch (field.kind, value) {
        case (.decimal, let text as String): .decimal(try ExactDecimal(parsing: text))
        case (.date, let text as String): .date(try #require(LocalDate(parsing: text)))
        case (.timeOfDay, let text as String): .timeOfDay(try #require(TimeOfDay(parsing: text)))
        case (.timestamp, let text as String): .timestamp(try #require(Timestamp(parsing: text)))
        case (.text, let text as String), (.key, let text as String): .text(text)
        case (.boolean, let truth as Bool): .boolean(truth)
        case (.integer, let number as Int): .integer(Int64(number))
        case (.bytes, let bytes as [UInt8]): .bytes(bytes)
        case (.record, let inner as [String: Any]): .record(try record(inner, field.fields))
        default: throw Unfit(field: field.name)
        }
    }

    struct Unfit: Error { let field: String }

    /// An order with two items, one of them deleted.
    static var order: [String: Any] {
        [
            "number": "4500000001", "company_code": "1000", "vendor": "0000001000", "purchasing_group": "001",
            "vendor_name": "Müller & Söhne <O'Hara>", "currency": "EUR", "total_net": "50000.50",
            "document_date": "2026-03-05", "delivery_date_earliest": "2026-04-01",
            "buyer": ["user": "JDOE", "name": "Jane Doe", "email": "jane@example.com"],
            "items": [
                [
                    "number": "00010", "text": "Bolts", "quantity": "10.000", "unit": "ST",
                    "net_price": "1000.00",
                    "material_group": "X", "cost_center": "0000004711", "plant": "1000",
                ],
                ["number": "00020", "text": "Nuts", "quantity": "2.500", "unit": "KG", "deleted": true],
            ],
        ]
    }

    /// The set, or a report of what is wrong with it.
    static func read(_ text: String, _ catalogue: SchemaCatalogue = catalogue) throws -> RuleSet {
        try RuleSet.read(text, file: "rules.yaml", catalogue: catalogue).get()
    }
}
