import ConnectorProtocol
import Testing
import Values

@testable import RelayCore

/// Events as the agent makes them, one small change away from each other.
enum Sample {
    static let source = ProcessFixture.source

    /// A record of a built-in type by the names of its fields.
    static func data(_ type: BuiltInEventType, _ values: [String: RecordValue]) throws -> [UInt8] {
        let fields = BuiltInSchemas.schema(of: type).fields
        return try RecordEncoder.encode(try record(fields, values), by: fields)
    }

    static func record(_ fields: [FieldSchema], _ values: [String: RecordValue]) throws -> Record {
        var record = Record()
        for (name, value) in values {
            record[try #require(fields.first { $0.name == name }, "\(name)").number] = value
        }
        return record
    }

    /// A record inside another one.
    static func part(
        _ type: BuiltInEventType, _ field: String, _ values: [String: RecordValue],
    ) throws -> RecordValue {
        let outer = try #require(BuiltInSchemas.schema(of: type).field(field))
        return .record(try record(outer.fields, values))
    }

    static func event(
        _ type: BuiltInEventType, number: String, version: Event.Version = .named("1"),
        transition: String? = nil, created: String = "20261125", origin: Origin = .live,
        detectedAt: Moment = ProcessFixture.start, isDateOnly: Bool = false,
        stamp: String = "20261125100000", reference: String = "", _ values: [String: RecordValue],
    ) throws -> Event {
        let parts = type.rawValue.split(separator: ".")
        let isMaster = parts.count == 2
        return Event(
            source: source, type: type.rawValue, subject: number,
            businessKey: BusinessKey.text(
                object: String(parts[1]), key: [number], creation: isMaster ? [] : [created]),
            transition: transition ?? (isMaster ? "state" : String(parts[2])), version: version,
            origin: origin,
            time: EventTime(
                stamp: try #require(LocalDateTime(sap: stamp)), precision: isDateOnly ? .day : .second,
                zone: "CET", offsetSeconds: 3_600),
            detectedAt: detectedAt.timestamp, schema: BuiltInSchemas.schema(of: type).digest,
            data: try data(type, values), reference: reference, feed: isMaster ? String(parts[1]) : "po")
    }

    static func order(
        _ number: String = "4500000001", type: BuiltInEventType = .purchaseOrderCreated,
        created: String = "20261125", origin: Origin = .live, detectedAt: Moment = ProcessFixture.start,
        isDateOnly: Bool = false, stamp: String = "20261125100000",
        with more: [String: RecordValue] = [:],
    ) throws -> Event {
        var values: [String: RecordValue] = [
            "number": .text(number), "company_code": .text("1000"), "vendor": .text("0000004711"),
            "vendor_name": .text("Müller & Söhne"), "purchasing_group": .text("001"),
            "created_by": .text("MEIER"), "currency": .text("EUR"),
            "total_net": .decimal(try #require(ExactDecimal(unscaled: 123_450, scale: 2))),
        ]
        values.merge(more) { _, new in new }
        return try event(
            type, number: number, created: created, origin: origin, detectedAt: detectedAt,
            isDateOnly: isDateOnly, stamp: stamp, values)
    }

    static func invoice(
        _ number: String, type: BuiltInEventType = .vendorInvoiceReceived, reference: String = "RE 2026/0815",
        amount: Int64 = 119_000, origin: Origin = .live, with more: [String: RecordValue] = [:],
    ) throws -> Event {
        var values: [String: RecordValue] = [
            "number": .text(number), "company_code": .text("1000"), "vendor": .text("0000004711"),
            "document_type": .text("RE"), "ref_doc_no": .text(reference), "currency": .text("EUR"),
            "gross_amount": .decimal(try #require(ExactDecimal(unscaled: Int128(amount), scale: 2))),
            "document_date": .date(try #require(LocalDate(year: 2026, month: 11, day: 20))),
        ]
        values.merge(more) { _, new in new }
        // Both transitions of an invoice have one business key.
        var event = try event(type, number: number, origin: origin, reference: reference, values)
        event.businessKey = BusinessKey.text(
            object: "vendor_invoice", key: [number, "2026"], creation: ["20261125", "095500"])
        return event
    }

    static func reading(_ state: String, at second: Int64 = 0) -> Event.Version {
        let begun = ProcessFixture.start + .seconds(second - 60)
        return .reading(
            Reading(state: state, begun: begun.timestamp, ended: (begun + .seconds(5)).timestamp))
    }

    static func user(
        _ name: String = "MEIER", mobile: String? = "0170 1234567", state: String = "s1", at second: Int64 = 0,
    ) throws -> Event {
        var values: [String: RecordValue] = [
            "user": .text(name), "name": .text("Anna Meier"), "language": .text("DE"),
            "emails": .list([.text("anna.meier@example.com")]),
        ]
        if let mobile {
            values["phones"] = .list([
                try part(
                    .user, "phones",
                    ["number": .text(mobile), "country": .text("DE"), "kind": .text("mobile")])
            ])
        }
        return try event(.user, number: name, version: reading(state, at: second), values)
    }

    static func vendor(
        _ number: String = "0000004711", email: String = "orders@mueller.example", oneTime: Bool = false,
        state: String = "s1", at second: Int64 = 0, origin: Origin = .live,
    ) throws -> Event {
        try event(
            .vendor, number: number, version: reading(state, at: second), origin: origin,
            [
                "number": .text(number), "name": .text("Müller & Söhne"), "country": .text("DE"),
                "language": .text("DE"), "emails": .list([.text(email)]), "one_time": .boolean(oneTime),
            ])
    }

    static let rules = """
        rules:
          - name: order to buyer
            on: sap.purchase_order.created
            notify:
              - channel: sms
                recipients: [buyer]
                template: order
          - name: order to vendor
            on: sap.purchase_order.effective
            notify:
              - channel: email
                recipients: [vendor]
                template: order
          - name: invoice
            on: sap.vendor_invoice.received
            notify:
              - channel: email
                recipients: [vendor]
                template: invoice
        templates:
          order:
            sms:
              en: "Order {{number}} for {{vendor_name}}: {{total_net}} {{currency}}"
              de: "Bestellung {{number}} an {{vendor_name}}: {{total_net}} {{currency}}"
            email:
              en:
                subject: "Order {{number}}"
                text: "Dear {{recipient.name}}, order {{number}}."
          invoice:
            email:
              en:
                subject: "Invoice {{ref_doc_no}}"
                text: "Invoice {{number}} arrived."
        """
}
