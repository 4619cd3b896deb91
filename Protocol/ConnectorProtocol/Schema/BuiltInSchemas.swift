/// The event types that the agent knows without a customer's own feed.
package enum BuiltInEventType: String, Hashable, Sendable, CaseIterable {
    case purchaseOrderCreated = "sap.purchase_order.created"
    case purchaseOrderChanged = "sap.purchase_order.changed"
    case purchaseOrderEffective = "sap.purchase_order.effective"
    case vendorInvoiceReceived = "sap.vendor_invoice.received"
    case vendorInvoicePosted = "sap.vendor_invoice.posted"
    /// Readings of a master, like the two after it.
    case vendor = "sap.vendor"
    case purchasingGroup = "sap.purchasing_group"
    case user = "sap.user"
}

/// One schema per built-in event type, with the names and numbers of Definitions/events.proto.
///
/// A test reads that file and holds the two together. Numbers are never given to another field.
package enum BuiltInSchemas {
    /// All of them, in the order of `BuiltInEventType`.
    package static let all: [EventSchema] = BuiltInEventType.allCases.map { type in
        EventSchema(trusted: type.rawValue, fields: fields(of: type))
    }

    private static let byType = Dictionary(uniqueKeysWithValues: zip(BuiltInEventType.allCases, all))

    /// The schema of a built-in type.
    package static func schema(of type: BuiltInEventType) -> EventSchema {
        byType[type] ?? EventSchema(trusted: type.rawValue, fields: fields(of: type))
    }

    /// The schema of the type with that name; nil where it is no built-in one.
    package static func schema(named type: String) -> EventSchema? {
        BuiltInEventType(rawValue: type).map(schema)
    }

    private static func fields(of type: BuiltInEventType) -> [FieldSchema] {
        switch type {
        case .purchaseOrderCreated, .purchaseOrderChanged, .purchaseOrderEffective: purchaseOrder
        case .vendorInvoiceReceived, .vendorInvoicePosted: vendorInvoice
        case .vendor: vendor
        case .purchasingGroup: purchasingGroup
        case .user: user
        }
    }

    /// Message `PhoneNumber` of events.proto.
    private static let phoneNumber = [
        FieldSchema("number", 1, .text, maxLength: 40),
        FieldSchema("country", 2, .text, maxLength: 3),
        FieldSchema("kind", 3, .text, maxLength: 10),
        FieldSchema("extension", 4, .text, maxLength: 10),
    ]

    /// Message `Person` of events.proto.
    private static let person = [
        FieldSchema("user", 1, .text, maxLength: 12),
        FieldSchema("name", 2, .text, maxLength: 80),
        FieldSchema("email", 3, .text, maxLength: 241),
        FieldSchema("phones", 4, .record, isList: true, fields: phoneNumber),
        FieldSchema("language", 5, .text, maxLength: 2),
    ]

    /// Message `Change` of events.proto.
    private static let change = [
        FieldSchema("table", 1, .text, maxLength: 30),
        FieldSchema("field", 2, .text, maxLength: 30),
        FieldSchema("row_key", 3, .text, maxLength: 70),
        FieldSchema("old_value", 4, .text, maxLength: 254),
        FieldSchema("new_value", 5, .text, maxLength: 254),
        FieldSchema("kind", 6, .text, maxLength: 1),
    ]

    /// Message `PurchaseOrder` of events.proto.
    private static let purchaseOrder = [
        FieldSchema("number", 1, .key, maxLength: 10),
        FieldSchema("company_code", 2, .text, maxLength: 4),
        FieldSchema("document_type", 3, .text, maxLength: 4),
        FieldSchema("category", 4, .text, maxLength: 1),
        FieldSchema("vendor", 5, .key, maxLength: 10),
        FieldSchema("vendor_name", 6, .text, maxLength: 80),
        FieldSchema("purchasing_organization", 7, .text, maxLength: 4),
        FieldSchema("purchasing_group", 8, .text, maxLength: 3),
        FieldSchema("created_by", 9, .text, maxLength: 12),
        FieldSchema("created_on", 10, .date),
        FieldSchema("document_date", 11, .date),
        FieldSchema("currency", 12, .text, maxLength: 5),
        FieldSchema("total_net", 13, .decimal, maxLength: 31, currency: .sibling(12)),
        FieldSchema("delivery_date_earliest", 14, .date),
        FieldSchema("delivery_date_latest", 15, .date),
        FieldSchema("payment_terms", 16, .text, maxLength: 4),
        FieldSchema("your_reference", 17, .text, maxLength: 12),
        FieldSchema("our_reference", 18, .text, maxLength: 12),
        FieldSchema("release_state", 19, .text, maxLength: 1),
        FieldSchema("release_strategy", 20, .text, maxLength: 2),
        FieldSchema("buyer", 21, .record, fields: person),
        FieldSchema("items", 22, .record, isList: true, fields: purchaseOrderItem),
        FieldSchema("vendor_email", 23, .text, maxLength: 241),
        FieldSchema("change_number", 30, .text, maxLength: 10),
        FieldSchema("changed_by", 31, .text, maxLength: 12),
        FieldSchema("changed_on", 32, .date),
        FieldSchema("changed_at", 33, .timeOfDay),
        FieldSchema("change_transaction", 34, .text, maxLength: 20),
        FieldSchema("changes", 35, .record, isList: true, fields: change),
    ]

    /// Message `PurchaseOrderItem` of events.proto.
    private static let purchaseOrderItem = [
        FieldSchema("number", 1, .key, maxLength: 5),
        FieldSchema("material", 2, .key, maxLength: 18),
        FieldSchema("text", 3, .text, maxLength: 40),
        FieldSchema("quantity", 4, .decimal, maxLength: 31),
        FieldSchema("unit", 5, .text, maxLength: 3),
        FieldSchema("net_price", 6, .decimal, maxLength: 31, currency: .top(12)),
        FieldSchema("price_unit", 7, .decimal, maxLength: 31),
        FieldSchema("net_value", 8, .decimal, maxLength: 31, currency: .top(12)),
        FieldSchema("plant", 9, .text, maxLength: 4),
        FieldSchema("storage_location", 10, .text, maxLength: 4),
        FieldSchema("material_group", 11, .text, maxLength: 9),
        FieldSchema("cost_center", 12, .key, maxLength: 10),
        FieldSchema("delivery_date", 13, .date),
        FieldSchema("deleted", 14, .boolean),
        FieldSchema("item_category", 15, .text, maxLength: 1),
        FieldSchema("account_assignment", 16, .text, maxLength: 1),
    ]

    /// Message `VendorInvoice` of events.proto.
    private static let vendorInvoice = [
        FieldSchema("number", 1, .key, maxLength: 10),
        FieldSchema("fiscal_year", 2, .text, maxLength: 4),
        FieldSchema("company_code", 3, .text, maxLength: 4),
        FieldSchema("vendor", 4, .key, maxLength: 10),
        FieldSchema("vendor_name", 5, .text, maxLength: 80),
        FieldSchema("document_type", 6, .text, maxLength: 2),
        FieldSchema("ref_doc_no", 7, .text, maxLength: 16),
        FieldSchema("document_date", 8, .date),
        FieldSchema("posting_date", 9, .date),
        FieldSchema("entered_on", 10, .date),
        FieldSchema("entered_at", 11, .timeOfDay),
        FieldSchema("entered_by", 12, .text, maxLength: 12),
        FieldSchema("currency", 13, .text, maxLength: 5),
        FieldSchema("gross_amount", 14, .decimal, maxLength: 31, currency: .sibling(13)),
        FieldSchema("amount_due", 15, .decimal, maxLength: 31, currency: .sibling(13)),
        FieldSchema("tax_amount", 16, .decimal, maxLength: 31, currency: .sibling(13)),
        FieldSchema("due_date", 17, .date),
        FieldSchema("baseline_date", 18, .date),
        FieldSchema("payment_terms", 19, .text, maxLength: 4),
        FieldSchema("discount_date_1", 20, .date),
        FieldSchema("discount_percent_1", 21, .decimal, maxLength: 5),
        FieldSchema("discount_date_2", 22, .date),
        FieldSchema("discount_percent_2", 23, .decimal, maxLength: 5),
        FieldSchema("payment_block", 24, .text, maxLength: 1),
        FieldSchema("status", 25, .text, maxLength: 1),
        FieldSchema("accounting_document", 26, .key, maxLength: 10),
        FieldSchema("accounting_year", 27, .text, maxLength: 4),
        FieldSchema("credit_memo", 28, .boolean),
        FieldSchema("header_text", 29, .text, maxLength: 50),
        FieldSchema("purchase_orders", 30, .key, maxLength: 10, isList: true),
        FieldSchema("items", 31, .record, isList: true, fields: vendorInvoiceItem),
        FieldSchema("one_time_vendor", 32, .boolean),
        FieldSchema("purchasing_group", 33, .text, maxLength: 3),
        FieldSchema("buyer", 34, .record, fields: person),
    ]

    /// Message `VendorInvoiceItem` of events.proto.
    private static let vendorInvoiceItem = [
        FieldSchema("number", 1, .key, maxLength: 6),
        FieldSchema("purchase_order", 2, .key, maxLength: 10),
        FieldSchema("purchase_order_item", 3, .key, maxLength: 5),
        FieldSchema("material", 4, .key, maxLength: 18),
        FieldSchema("text", 5, .text, maxLength: 50),
        FieldSchema("quantity", 6, .decimal, maxLength: 31),
        FieldSchema("unit", 7, .text, maxLength: 3),
        FieldSchema("amount", 8, .decimal, maxLength: 31, currency: .top(13)),
        FieldSchema("plant", 9, .text, maxLength: 4),
        FieldSchema("cost_center", 10, .key, maxLength: 10),
        FieldSchema("blocked", 11, .boolean),
    ]

    /// Message `Vendor` of events.proto.
    private static let vendor = [
        FieldSchema("number", 1, .key, maxLength: 10),
        FieldSchema("name", 2, .text, maxLength: 40),
        FieldSchema("name_2", 3, .text, maxLength: 40),
        FieldSchema("country", 4, .text, maxLength: 3),
        FieldSchema("region", 5, .text, maxLength: 3),
        FieldSchema("city", 6, .text, maxLength: 40),
        FieldSchema("postal_code", 7, .text, maxLength: 10),
        FieldSchema("street", 8, .text, maxLength: 60),
        FieldSchema("language", 9, .text, maxLength: 2),
        FieldSchema("emails", 10, .text, maxLength: 241, isList: true),
        FieldSchema("phones", 11, .record, isList: true, fields: phoneNumber),
        FieldSchema("account_group", 12, .text, maxLength: 4),
        FieldSchema("one_time", 13, .boolean),
        FieldSchema("blocked", 14, .boolean),
        FieldSchema("deleted", 15, .boolean),
        FieldSchema("vat_number", 16, .text, maxLength: 20),
        FieldSchema("time_zone", 17, .text, maxLength: 6),
    ]

    /// Message `PurchasingGroup` of events.proto.
    private static let purchasingGroup = [
        FieldSchema("code", 1, .text, maxLength: 3),
        FieldSchema("name", 2, .text, maxLength: 18),
        FieldSchema("email", 3, .text, maxLength: 241),
        FieldSchema("phones", 4, .record, isList: true, fields: phoneNumber),
    ]

    /// Message `User` of events.proto.
    private static let user = [
        FieldSchema("user", 1, .text, maxLength: 12),
        FieldSchema("name", 2, .text, maxLength: 80),
        FieldSchema("emails", 3, .text, maxLength: 241, isList: true),
        FieldSchema("phones", 4, .record, isList: true, fields: phoneNumber),
        FieldSchema("language", 5, .text, maxLength: 2),
        FieldSchema("time_zone", 6, .text, maxLength: 6),
        FieldSchema("department", 7, .text, maxLength: 40),
    ]
}
