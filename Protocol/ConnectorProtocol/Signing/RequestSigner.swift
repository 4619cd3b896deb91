package import Cryptography
package import Values

/// Signs requests when they are sent, with the present key (RFC 9421, Ed25519).
package struct RequestSigner: Sendable {
    private let key: Ed25519.PrivateKey
    /// The key's name in `keyid`.
    package let keyID: String

    /// - Parameter key: the sender's signing key; its name is `RequestSigner.keyID(of:)`.
    package init(key: Ed25519.PrivateKey) {
        self.key = key
        keyID = RequestSigner.keyID(of: key.publicKey)
    }

    /// The name of a key: base64url, without padding, of SHA-256 over its 32 raw bytes.
    package static func keyID(of key: Ed25519.PublicKey) -> String {
        Base64.encodeForAddress(key.fingerprint.bytes)
    }

    /// Makes the two fields to add to a request.
    /// - Parameters:
    ///   - components: a list of `SignedComponents`; optional ones are added where the request has them.
    ///   - created: the relay's time as the sender knows it.
    /// - Throws: `malformed` when the request lacks a component.
    package func sign(
        _ request: SignedRequest, components: [String], created: Timestamp,
    ) throws(ProtocolError) -> [(name: String, value: String)] {
        let covered = components + SignedComponents.optional.filter(request.has)
        let parameters = StructuredFields.text(
            covered.map { .string($0) },
            [
                .init(key: "created", value: .integer(created.seconds)),
                .init(key: "keyid", value: .string(keyID)),
                .init(key: "alg", value: .string("ed25519")),
            ])
        guard let base = request.signatureBase(covered, parameters: parameters),
            let signature = try? key.sign(base)
        else { throw .malformed("request to sign") }
        return [
            ("Signature-Input", "ml=" + parameters),
            ("Signature", "ml=:" + Base64.encode(signature) + ":"),
        ]
    }
}
