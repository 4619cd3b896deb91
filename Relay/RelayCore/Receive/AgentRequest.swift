package import ConnectorProtocol

/// One request of an agent as it came over HTTP, its body already bounded and whole.
package struct AgentRequest: Sendable {
    /// Agent id from the request's path; empty for pairing, where there is none yet.
    package let agent: String
    /// Method, path and fields, as they were sent.
    package let message: SignedRequest
    /// The raw bytes behind the fields.
    package let body: [UInt8]

    /// A request of its parts.
    package init(agent: String = "", message: SignedRequest, body: [UInt8]) {
        self.agent = agent
        self.message = message
        self.body = body
    }
}
