package import Cryptography

/// The name of one attempt that only this relay can make: a callback that brings it proves acceptance.
///
/// HMAC-SHA256 over tenant, notification, incarnation and attempt under a key that is not in the database, so
/// that it can be verified without the attempt's row (facts/send.md F15).
package enum AttemptNonce {
    /// The 32 bytes of an attempt's nonce.
    ///
    /// - Parameters:
    ///   - key: ``RelayKeys/nonceKey``.
    ///   - incarnation: of the database whose intent it is, 16 bytes.
    ///   - n: the attempt's number, from 1.
    package static func make(
        key: Secret, tenant: TenantID, notification: String, incarnation: [UInt8], n: Int64,
    ) -> [UInt8] {
        // Each part behind its length: no two attempts share a message.
        var message: [UInt8] = []
        for part in [
            Array("ml-connector attempt 1".utf8), Array(tenant.text.utf8), Array(notification.utf8),
            incarnation,
            Array("\(n)".utf8),
        ] {
            let length = UInt64(part.count)
            for shift in stride(from: 56, through: 0, by: -8) {
                message.append(UInt8(truncatingIfNeeded: length >> UInt64(shift)))
            }
            message += part
        }
        return HMAC.sha256(key: key.exposedBytes, message)
    }

    /// The form in addresses and custom arguments: base64url without padding, 43 characters.
    package static func text(_ nonce: [UInt8]) -> String { Base64.encodeForAddress(nonce) }

    /// Which of `incarnations` the attempt with this nonce belongs to; nil where the nonce is none of ours.
    ///
    /// Compares in constant time, against all of them.
    /// - Parameters:
    ///   - text: as it came, in base64url.
    ///   - incarnations: those that an attempt of this notification may belong to: the database's present one,
    ///     and those of its attempt rows.
    package static func incarnation(
        of text: String, key: Secret, tenant: TenantID, notification: String, n: Int64,
        among incarnations: [[UInt8]],
    ) -> [UInt8]? {
        guard let given = Base64.decodeForAddress(text) else { return nil }
        var found: [UInt8]?
        for incarnation in incarnations {
            let expected = make(
                key: key, tenant: tenant, notification: notification, incarnation: incarnation, n: n)
            if constantTimeEquals(given, expected) { found = incarnation }
        }
        return found
    }

    /// The address that Twilio calls back about an attempt, without the fragment that asks for retries.
    ///
    /// - Parameter publicURL: as configured; a slash at its end does no harm.
    package static func callbackAddress(
        publicURL: String, webhook: String, notification: String, n: Int64, nonce: [UInt8],
    ) -> String {
        let base = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        return "\(base)/w/\(webhook)/\(notification)/\(n)/\(text(nonce))"
    }
}
