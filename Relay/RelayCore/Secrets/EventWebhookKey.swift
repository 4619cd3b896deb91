internal import Cryptography

/// The key by which SendGrid's events are verified.
package enum EventWebhookKey {
    /// Whether `text` is base64 of a P-256 public key, as SendGrid shows it.
    package static func isUsable(_ text: String) -> Bool { (try? P256PublicKey(spkiBase64: text)) != nil }
}
