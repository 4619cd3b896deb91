/// What of an HTTP request a signature may cover.
package struct SignedRequest: Sendable {
    /// The method as it was sent, `POST` for example.
    package var method: String
    /// The path as it stands in the request line, without query.
    package var path: String
    /// Fields in the order in which they came; names in any case.
    package var fields: [(name: String, value: String)]

    /// A request of its parts.
    package init(method: String, path: String, fields: [(name: String, value: String)]) {
        self.method = method
        self.path = path
        self.fields = fields
    }

    /// The value of a field that came exactly once, blanks around it removed; nil otherwise.
    package func field(_ name: String) -> String? {
        let found = fields.filter { $0.name.lowercased() == name }
        guard found.count == 1 else { return nil }
        let value = found[0].value
        guard let start = value.firstIndex(where: { $0 != " " && $0 != "\t" }),
            let end = value.lastIndex(where: { $0 != " " && $0 != "\t" })
        else { return "" }
        return String(value[start...end])
    }

    /// Whether the field came at all.
    package func has(_ name: String) -> Bool { fields.contains { $0.name.lowercased() == name } }

    /// The bytes that are signed (RFC 9421 section 2.5); nil when a covered component is missing or came twice.
    func signatureBase(_ components: [String], parameters: String) -> [UInt8]? {
        var lines: [String] = []
        for component in components {
            let value: String?
            switch component {
            case "@method": value = method
            case "@path": value = path
            default: value = component.hasPrefix("@") ? nil : field(component)
            }
            guard let value else { return nil }
            lines.append("\"\(component)\": \(value)")
        }
        lines.append("\"@signature-params\": \(parameters)")
        return Array(lines.joined(separator: "\n").utf8)
    }
}

/// Which components a request must sign (Protocol/README.md, "Signatures").
package enum SignedComponents {
    /// Of a batch.
    package static let batch = [
        "@method", "@path", "content-digest", "manifest-digest", "content-type", "content-encoding",
    ]
    /// Of sync and pairing.
    package static let message = ["@method", "@path", "content-digest", "content-type"]
    /// Covered wherever they are sent.
    package static let optional = ["lineages", "acknowledgement"]
}
