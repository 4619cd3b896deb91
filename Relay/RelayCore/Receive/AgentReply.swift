package import ConnectorProtocol

/// What an agent is answered: a message of the protocol, or why not.
package enum AgentReply: Hashable, Sendable {
    /// A protobuf message, status 200.
    case message([UInt8])
    /// A refusal (RFC 9457) with the status of its type.
    case problem(ProblemDocument)

    /// The media type of the protocol's messages.
    package static let messageType = "application/x-protobuf"

    /// HTTP status.
    package var status: Int {
        switch self {
        case .message: 200
        case .problem(let document): document.type.status
        }
    }

    /// Value of `Content-Type`.
    package var mediaType: String {
        switch self {
        case .message: Self.messageType
        case .problem: ProblemDocument.mediaType
        }
    }

    /// The body.
    package var bytes: [UInt8] {
        switch self {
        case .message(let bytes): bytes
        case .problem(let document): document.json
        }
    }

    /// The refusal's document, nil for a message.
    package var problem: ProblemDocument? {
        guard case .problem(let document) = self else { return nil }
        return document
    }
}
