package import Cryptography
package import Values

/// Why a signature was not believed.
package enum SignatureProblem: Error, Equatable, Sendable {
    /// The request has no signature, or more than one.
    case missing
    /// A field is not in the form of RFC 9421, a token where a string is due included (case C144).
    case malformed
    /// A component that must be covered is not (case C151), or is missing from the request.
    case uncovered
    /// The signature is not this key's over this request.
    case wrong
    /// `created` lies outside the window; the relay answers with its own time.
    case outsideWindow
}

/// The signature of one request, read but not yet believed: first its key must be found.
package struct RequestVerifier: Sendable {
    /// Name of the key that is said to have signed.
    package let keyID: String
    /// When it is said to have been signed, seconds since 1970.
    package let created: Int64
    /// The bytes that are signed (RFC 9421 section 2.5), to be kept for a proof offline.
    package let base: [UInt8]
    /// The 64 bytes of the signature.
    package let signature: [UInt8]

    /// Reads the signature's fields strictly.
    /// - Parameter components: a list of `SignedComponents`; each must be covered, and nothing unknown may be.
    /// - Throws: `missing`, `malformed` or `uncovered`.
    package init(_ request: SignedRequest, components: [String]) throws(SignatureProblem) {
        guard let inputField = request.field("signature-input"), let field = request.field("signature") else {
            throw .missing
        }
        guard let inputs = try? StructuredFields.dictionary(inputField),
            let signatures = try? StructuredFields.dictionary(field), inputs.count == 1,
            signatures.count == 1, inputs[0].key == signatures[0].key,
            case .list(let items, let parameters) = inputs[0].value,
            case .item(.bytes(let signature)) = signatures[0].value, signature.count == 64
        else { throw .malformed }
        var covered: [String] = []
        for item in items {
            guard case .string(let name) = item, !covered.contains(name) else { throw .malformed }
            covered.append(name)
        }
        let due = components + SignedComponents.optional.filter(request.has)
        guard due.allSatisfy(covered.contains) else { throw .uncovered }
        (created, keyID) = try RequestVerifier.read(parameters)
        guard
            let base = request.signatureBase(covered, parameters: StructuredFields.text(items, parameters))
        else { throw .uncovered }
        self.base = base
        self.signature = signature
    }

    private static func read(
        _ parameters: [StructuredFields.Parameter],
    ) throws(SignatureProblem) -> (created: Int64, keyID: String) {
        var created: Int64?
        var keyID: String?
        var algorithm: String?
        for parameter in parameters {
            switch (parameter.key, parameter.value) {
            case ("created", .integer(let seconds)): created = seconds
            case ("keyid", .string(let name)): keyID = name
            case ("alg", .string(let name)): algorithm = name
            case ("nonce", .string), ("tag", .string): break
            default: throw .malformed
            }
        }
        guard let created, let keyID, algorithm == "ed25519" else { throw .malformed }
        return (created, keyID)
    }

    /// Believes the signature, or says why not; authenticity is judged before the clock.
    /// - Parameter now: the judge's own time.
    /// - Throws: `wrong` or `outsideWindow`.
    package func verify(key: Ed25519.PublicKey, now: Timestamp) throws(SignatureProblem) {
        guard key.isValid(signature, for: base) else { throw .wrong }
        let (difference, overflow) = created.subtractingReportingOverflow(now.seconds)
        let window = ProtocolLimits.signatureWindow.components.seconds
        guard !overflow, difference >= -window, difference <= window else { throw .outsideWindow }
    }
}
