package import ConnectorProtocol
package import HTTPTransport

/// What came of a request to the relay.
package enum RelayOutcome<Answer: Sendable>: Sendable {
    case answered(Answer)
    /// The relay said no, with its reason; nothing of the request was stored.
    case refused(ProblemDocument, retryAfter: Duration?)
    /// No word of the relay: the request may have been taken or not.
    case silent(RelaySilence)
}

/// Why there is no word of the relay.
package enum RelaySilence: Error, Equatable, Sendable, CustomStringConvertible {
    case transport(TransportError)
    /// An answer that is none of the protocol's, from a proxy or a load balancer.
    case foreignAnswer(status: Int, retryAfter: Duration?)
    /// Status 200, and not what the protocol says.
    case unreadable(ProtocolError)
    /// The answer speaks of something else than was asked, or the relay's signature is not its own.
    case notBelieved(String)

    /// What the other side asked for.
    package var retryAfter: Duration? {
        guard case .foreignAnswer(_, let retryAfter) = self else { return nil }
        return retryAfter
    }

    package var description: String {
        switch self {
        case .transport(let error): error.description
        case .foreignAnswer(let status, _):
            "Something that is not the relay answered with status \(status). Check address and proxy."
        case .unreadable(let error):
            "The relay's answer cannot be read: \(error) Check the versions of both sides."
        case .notBelieved(let what): "The relay's answer is not believed: \(what). Check the pairing."
        }
    }
}
