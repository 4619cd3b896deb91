/// Why bytes of the protocol were refused.
package enum ProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes are no message of this kind, or a field has a wrong length or value.
    case malformed(String)
    /// The message says a version of the protocol that this build does not speak.
    case unsupportedVersion(UInt32)
    /// Something is larger than the protocol allows.
    case tooLarge(what: String, limit: Int)
    /// The body is not exactly one whole gzip member.
    case notOneGzipMember
    /// The body and a digest of the header or manifest disagree.
    case digestMismatch(what: String)

    package var description: String {
        switch self {
        case .malformed(let what): "\(what) is not in the form that the protocol asks for."
        case .unsupportedVersion(let version):
            "Wire version \(version) is not spoken here; this side speaks \(WireVersion.current)."
        case .tooLarge(let what, let limit): "\(what) is over its limit of \(limit)."
        case .notOneGzipMember: "The body is not exactly one whole gzip member."
        case .digestMismatch(let what): "\(what) does not match its digest."
        }
    }
}
