import Crypto
import Foundation

/// Signs what goes out, as Twilio and SendGrid do, with a library that the judged programs do not use.
struct WebhookSigner: Sendable {
    private let authToken: String
    private let eventKey: P256.Signing.PrivateKey

    /// The key of the events is made from the seed, so that a restarted simulator keeps it.
    init(authToken: String, seed: UInt64) throws {
        self.authToken = authToken
        let bytes = SHA256.hash(data: Data("event webhook key \(seed)".utf8))
        eventKey = try P256.Signing.PrivateKey(rawRepresentation: Data(bytes))
    }

    /// The public key of the events: base64 of the DER form, as SendGrid shows it.
    var eventPublicKey: String { eventKey.publicKey.derRepresentation.base64EncodedString() }

    /// X-Twilio-Signature of a form POST: HMAC-SHA1 over the URL and the sorted names with their values.
    func twilioSignature(url: String, fields: FormFields) -> String {
        var values: [String: Set<String>] = [:]
        for pair in fields.pairs { values[pair.name, default: []].insert(pair.value) }
        var text = url
        for (name, set) in values.sorted(by: { Array($0.key.utf16).lexicographicallyPrecedes($1.key.utf16) })
        {
            for value in set.sorted(by: { Array($0.utf16).lexicographicallyPrecedes($1.utf16) }) {
                text += name + value
            }
        }
        let key = SymmetricKey(data: Data(authToken.utf8))
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Data(text.utf8), using: key)
        return Data(code).base64EncodedString()
    }

    /// X-Twilio-Email-Event-Webhook-Signature: ECDSA over the time stamp and the raw body.
    func eventSignature(timestamp: String, body: String) throws -> String {
        try eventKey.signature(for: Data((timestamp + body).utf8)).derRepresentation.base64EncodedString()
    }
}
