/// Why a request was refused: the kinds of problem documents (RFC 9457), each with its status.
package enum ProblemType: String, Hashable, Sendable, CaseIterable {
    case malformed
    case signatureMissing = "signature-missing"
    case signatureInvalid = "signature-invalid"
    case unknownKey = "unknown-key"
    case revokedKey = "revoked-key"
    case clock
    case digestMismatch = "digest-mismatch"
    case notOneGzipMember = "not-one-gzip-member"
    case tooLarge = "too-large"
    case wrongAgent = "wrong-agent"
    case unsupportedVersion = "unsupported-version"
    case fork
    case gap
    case noRoom = "no-room"
    case unavailable
    case tooMany = "too-many"
    case tokenUnknown = "token-unknown"
    case tokenUsed = "token-used"
    case tokenExpired = "token-expired"
    case tokenRevoked = "token-revoked"
    case proofWrong = "proof-wrong"

    /// The URN that stands in the document's `type`.
    package var urn: String { "urn:ml-connector:problem:" + rawValue }

    /// HTTP status.
    package var status: Int {
        switch self {
        case .malformed, .digestMismatch, .notOneGzipMember: 400
        case .signatureMissing, .signatureInvalid, .unknownKey, .clock, .proofWrong: 401
        case .revokedKey, .wrongAgent, .tokenRevoked: 403
        case .tokenUnknown: 404
        case .fork, .gap, .tokenUsed: 409
        case .tokenExpired: 410
        case .tooLarge: 413
        case .unsupportedVersion: 422
        case .tooMany: 429
        case .unavailable: 503
        case .noRoom: 507
        }
    }

    /// A short sentence that is the same for every document of the kind.
    package var title: String {
        switch self {
        case .malformed: "The request is not in the form that the protocol asks for."
        case .signatureMissing: "The request carries no signature."
        case .signatureInvalid: "The signature does not fit the request."
        case .unknownKey: "The signing key is not known here."
        case .revokedKey: "The signing key was revoked."
        case .clock: "The signature's time is too far from the relay's clock."
        case .digestMismatch: "A digest does not fit its bytes."
        case .notOneGzipMember: "The body is not exactly one whole gzip member."
        case .tooLarge: "The request is larger than the protocol allows."
        case .wrongAgent: "The key belongs to another agent."
        case .unsupportedVersion: "This version of the protocol is not spoken here."
        case .fork: "Another batch holds this place in the sequence."
        case .gap: "A batch before this one is missing."
        case .noRoom: "The relay has no room to store."
        case .unavailable: "The relay cannot store at the moment."
        case .tooMany: "Too many requests."
        case .tokenUnknown: "There is no such invitation."
        case .tokenUsed: "The invitation was used by another key."
        case .tokenExpired: "The invitation has expired."
        case .tokenRevoked: "The invitation was revoked."
        case .proofWrong: "The proof of the token's secret is wrong."
        }
    }
}
