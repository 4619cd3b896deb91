/// A request to a webhook as it came: nothing decoded, nothing trimmed, since signatures are over these bytes.
package struct WebhookRequest: Sendable {
    /// `POST` or `GET`.
    package let method: String
    /// The raw request target: path and query as they stand in the request line.
    package let target: String
    /// Fields in the order in which they came; names in any case.
    package let fields: [(name: String, value: String)]
    /// The raw bytes.
    package let body: [UInt8]

    /// A request of its parts.
    package init(method: String, target: String, fields: [(name: String, value: String)], body: [UInt8]) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }

    /// Every value of a field; `name` in lower case.
    func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name }.map(\.value)
    }
}
