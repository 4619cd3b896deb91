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

extension ProblemType {
    /// For a person: what it is, and what is particular to this case.
    func sentence(_ detail: String) -> String { detail.isEmpty ? title : "\(title) \(detail)" }

    /// What the person at this host can do; nil where it passes by itself, or the spool acts on it.
    var remedy: String? {
        switch self {
        case .unknownKey, .revokedKey, .wrongAgent:
            "Ask the relay's operator what `ml-relay agents list` says; to pair anew is `ml-agent pair --replace`."
        case .unsupportedVersion, .signatureMissing, .signatureInvalid, .malformed, .digestMismatch,
            .notOneGzipMember, .tooLarge:
            "Check that agent and relay are of versions that fit, and that no proxy changes what is sent."
        default: nil
        }
    }
}

extension ProblemDocument {
    /// For a person: what it is, what is particular to this case, and what to do.
    var report: String {
        let sentence = type.sentence(detail)
        return type.remedy.map { "\(sentence) Remedy: \($0)" } ?? sentence
    }
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
        case .foreignAnswer(413, _):
            "Something on the way takes no batch of this size (status 413). Let proxies take bodies of 5 MiB."
        case .foreignAnswer(let status, _):
            "Something that is not the relay answered with status \(status). Check address and proxy."
        case .unreadable(let error):
            "The relay's answer cannot be read: \(error) Check the versions of both sides."
        case .notBelieved(let what): "The relay's answer is not believed: \(what). Check the pairing."
        }
    }
}
