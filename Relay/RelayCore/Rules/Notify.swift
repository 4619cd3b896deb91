/// One message that a matching rule sends, to each of its recipients.
package struct Notify: Hashable, Sendable {
    package let channel: Channel
    /// In the order of the file; never empty.
    package let recipients: [RecipientSelector]
    /// Name of the template, one of the set's own.
    package let template: String
    /// SMS: a longer text is cut to so many parts; nil: only at what the provider takes.
    package let maxSegments: Int?
}

/// Whom a rule means; the directory finds out who that is (DESIGN.md 6.3).
package enum RecipientSelector: Hashable, Sendable, CustomStringConvertible {
    /// Whom the document names as its buyer, else its purchasing group.
    case buyer
    /// The document's vendor, by the address that the document itself has where it has one.
    case vendor
    /// A party of the directory whose key stands in a field of the record (`items.cost_center`).
    case party(kind: String, keyField: String)
    /// Whoever the tenant's own mapping names for the value of a field (plant, material group, company code, …).
    case mapping(kind: String, field: String)

    /// As the table's column `role` keeps it: `buyer`, `vendor`, `party:cost_center`, `mapping:plant`.
    package var description: String {
        switch self {
        case .buyer: "buyer"
        case .vendor: "vendor"
        case .party(let kind, _): "party:\(kind)"
        case .mapping(let kind, _): "mapping:\(kind)"
        }
    }

    /// Kinds of parties and mappings that the directory knows.
    package static let kinds = [
        "vendor", "purchasing_group", "user", "cost_center", "person", "group", "customer", "material",
        "material_group", "plant", "company_code", "gl_account",
    ]
}

/// What makes two events the same thing to a rule: the values of these fields.
package struct DedupKey: Hashable, Sendable {
    /// Paths into the record, `number` or `buyer.user`.
    package let fields: [String]
}
