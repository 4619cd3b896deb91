internal import Cryptography

/// Verifies SendGrid's signed event webhook: ECDSA over the time stamp's header and the raw body.
package struct SendGridSignature: Sendable {
    private let keys: [P256PublicKey]

    /// - Parameter publicKeysBase64: the keys as SendGrid shows them; more than one while one is exchanged.
    /// - Throws: `CryptographyError.malformed` for what is no key.
    package init(publicKeysBase64: [String]) throws {
        keys = try publicKeysBase64.map { try P256PublicKey(spkiBase64: $0) }
    }

    /// Whether one of the keys signed exactly these bytes.
    /// - Parameters:
    ///   - signatures: every X-Twilio-Email-Event-Webhook-Signature header; exactly one is needed.
    ///   - timestamps: every X-Twilio-Email-Event-Webhook-Timestamp header; exactly one is needed.
    ///   - body: the raw bytes, line end included.
    package func isGenuine(signatures: [String], timestamps: [String], body: [UInt8]) -> Bool {
        guard signatures.count == 1, timestamps.count == 1, let signature = Base64.decode(signatures[0]),
            !signature.isEmpty
        else { return false }
        let message = Array(timestamps[0].utf8) + body
        return keys.contains { $0.isValid(derSignature: signature, for: message) }
    }
}
