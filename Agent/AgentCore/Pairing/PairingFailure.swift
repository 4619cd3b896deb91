package import ConnectorProtocol
package import Programs

/// Why an agent was not paired.
package enum PairingFailure: Failure, Equatable {
    /// What was given is no token.
    case notAToken
    /// The token's address is none that an agent can use.
    case address
    /// No word of the relay.
    case silent(RelaySilence)
    /// The relay refused.
    case refused(ProblemType, detail: String)
    /// The other side does not know the token's secret, or is not the relay that the token names.
    case notTheRelay(String)

    /// Sentence, remedy and kind, as `Failure` has them.
    package var sentence: String {
        switch self {
        case .notAToken: "This is no pairing token."
        case .address: "The token's address is not an https address."
        case .silent(let silence): "The relay was not reached. \(silence)"
        case .refused(.tokenUnknown, _): "The relay knows no such invitation."
        case .refused(.tokenUsed, _): "The invitation was used by another key already."
        case .refused(.tokenExpired, _): "The invitation has expired."
        case .refused(.tokenRevoked, _): "The invitation was revoked."
        case .refused(.proofWrong, let detail): "The relay does not accept the proof. \(detail)"
        case .refused(let type, let detail): "The relay refused: \(type.sentence(detail))"
        case .notTheRelay(let what): "Whoever answered is not the relay of this token: \(what)."
        }
    }

    /// What to do about it.
    package var remedy: String? {
        switch self {
        case .notAToken: "Copy the whole token that `ml-relay agents invite` printed; it begins with mlpair1."
        case .address: "Ask for a token of a relay whose address is configured as https."
        case .silent: "When that is mended, run the same command again; the token still serves."
        case .refused(.tokenUnknown, _), .refused(.tokenUsed, _), .refused(.tokenExpired, _),
            .refused(.tokenRevoked, _), .refused(.proofWrong, _):
            "Ask for a new one: `ml-relay agents invite NAME`."
        case .refused(.unavailable, _), .refused(.noRoom, _), .refused(.tooMany, _):
            "Run the same command again later; the token still serves."
        case .refused: "Check that agent and relay are of versions that fit."
        case .notTheRelay: "Do not go on. Ask the relay's operator for a new token, and compare fingerprints."
        }
    }

    /// Whether the same command may serve later.
    package var kind: FailureKind {
        switch self {
        case .silent, .refused(.unavailable, _), .refused(.noRoom, _), .refused(.tooMany, _): .transient
        case .notAToken, .address, .refused, .notTheRelay: .configuration
        }
    }
}
