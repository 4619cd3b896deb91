import ConnectorProtocol
import Foundation
import Testing

/// Holds `BuiltInSchemas` and Definitions/events.proto together: the file is read as text.
@Suite("Built-in schemas")
struct BuiltInSchemasTests {
    private struct ProtoField: Hashable {
        var name: String
        var number: UInt32
        var type: String
        var isList: Bool
        var kind: FieldKind
        var maxLength: Int?
        var note: String

    }

    private static let messageNames: [BuiltInEventType: String] = [
        .purchaseOrderCreated: "PurchaseOrder", .purchaseOrderChanged: "PurchaseOrder",
        .purchaseOrderEffective: "PurchaseOrder", .vendorInvoiceReceived: "VendorInvoice",
        .vendorInvoicePosted: "VendorInvoice", .vendor: "Vendor", .purchasingGroup: "PurchasingGroup",
        .user: "User",
    ]

    private static let wireTypes: [FieldKind: String] = [
        .text: "string", .key: "string", .date: "sint32", .timeOfDay: "uint32", .boolean: "bool",
        .decimal: "mlconnector.v1.Decimal", .integer: "sint64",
    ]

    private static func messages() throws -> [String: [ProtoField]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Protocol/Definitions/events.proto")
        var messages: [String: [ProtoField]] = [:]
        var current = ""
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " })
            if words.first == "message" {
                current = String(words[1])
                messages[current] = []
            } else if words.first == "optional" || words.first == "repeated" {
                let note = line.split(separator: "// ", maxSplits: 1).last.map(String.init) ?? ""
                let said = note.prefix { $0 != "," && $0 != ":" }.split(separator: " ")
                messages[current]?.append(
                    ProtoField(
                        name: String(words[2]),
                        number: try #require(UInt32(words[4].prefix { $0 != ";" })), type: String(words[1]),
                        isList: words[0] == "repeated",
                        kind: try #require(FieldKind(rawValue: String(said[0]))),
                        maxLength: said.count > 1 ? Int(said[1]) : nil, note: note))
            }
        }
        return messages
    }

    private static func compare(
        _ fields: [FieldSchema], _ message: String, _ messages: [String: [ProtoField]],
    ) throws {
        let expected = try #require(messages[message], "\(message) is no message of events.proto")
        #expect(fields.map(\.name) == expected.map(\.name))
        #expect(fields.map(\.number) == expected.map(\.number))
        for (field, said) in zip(fields, expected) {
            #expect(field.kind == said.kind, "\(message).\(said.name)")
            #expect(field.maxLength == said.maxLength, "\(message).\(said.name)")
            #expect(field.isList == said.isList, "\(message).\(said.name)")
            if field.kind == .record {
                try compare(field.fields, said.type, messages)
            } else {
                #expect(wireTypes[field.kind] == said.type, "\(message).\(said.name)")
            }
            let currency: FieldSchema.Currency? =
                if said.note.contains("currency of the order") {
                    .top(12)
                } else if said.note.contains("currency of the invoice") {
                    .top(13)
                } else if let number = said.note.split(separator: "currency ").dropFirst().first {
                    UInt32(number).map { .sibling($0) }
                } else { nil }
            #expect(field.currency == currency, "\(message).\(said.name)")
        }
    }

    @Test(
        "Each has the fields, numbers, kinds and lengths of events.proto",
        arguments: BuiltInEventType.allCases)
    func sameAsDefinitions(type: BuiltInEventType) throws {
        let schema = BuiltInSchemas.schema(of: type)
        let messages = try Self.messages()
        try Self.compare(schema.fields, try #require(Self.messageNames[type]), messages)
        #expect(BuiltInSchemas.schema(named: type.rawValue) == schema)
    }

    @Test("Each is a schema that a reader takes, under its own digest", arguments: BuiltInEventType.allCases)
    func readable(type: BuiltInEventType) throws {
        let schema = BuiltInSchemas.schema(of: type)
        let read = try EventSchema(bytes: schema.bytes)
        #expect(read.digest == schema.digest)
        #expect(read.fields == schema.fields)
        #expect(schema.bytes.count < ProtocolLimits.schemaBytesLimit)
    }
}
