/// A whole answer.
package struct TransportResponse: Sendable {
    /// 100 to 599; answers below 200 are never the last one.
    package var status: Int
    /// Header fields in the order they came, names in lower case.
    package var headers: [(name: String, value: String)]
    /// The body, at most as long as the request's limit.
    package var body: [UInt8]

    /// For stand-ins of the transport in tests.
    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first field of that name, which is asked in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
