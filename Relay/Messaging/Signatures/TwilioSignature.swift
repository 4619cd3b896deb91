package import Cryptography

/// Verifies X-Twilio-Signature (facts/twilio.md section 3.1).
package struct TwilioSignature: Sendable {
    /// A hash that Twilio signs with.
    package enum Algorithm: String, Sendable {
        /// With an Auth Token.
        case sha1 = "HMAC_SHA1"
        /// With a shared key of the Webhooks configuration API, where it says so.
        case sha256 = "HMAC_SHA256"
    }

    /// One key that may have signed.
    ///
    /// Each carries its own hash: a request only selects among them.
    package struct Key: Sendable {
        /// What is counted and logged; never the secret.
        package let id: String
        fileprivate let secret: Secret
        fileprivate let algorithm: Algorithm

        /// - Parameters:
        ///   - id: `primary`, `secondary`, or the id of a shared key.
        ///   - secret: the Auth Token, or the shared key's secret.
        package init(id: String, secret: Secret, algorithm: Algorithm = .sha1) {
            self.id = id
            self.secret = secret
            self.algorithm = algorithm
        }
    }

    private let keys: [Key]

    /// - Parameter keys: primary and secondary Auth Token, those of subaccounts, shared keys; in any order.
    package init(keys: [Key]) { self.keys = keys }

    /// Finds the key that signed a request.
    /// - Parameters:
    ///   - signatures: every X-Twilio-Signature header; exactly one is needed (case C058).
    ///   - address: the configured public base address and the raw request target behind it.
    ///   - isPost: for GET nothing of a body is signed.
    ///   - contentType: as received; a body that is no form must be covered by `bodySHA256` in the query.
    ///   - body: the raw bytes.
    /// - Returns: the id of the key, or nil: answer 403.
    package func signer(
        signatures: [String], address: String, isPost: Bool = true, contentType: String?, body: [UInt8],
    ) -> String? {
        guard signatures.count == 1, let given = Base64.decode(signatures[0]),
            let address = SignedAddress(address),
            let suffix = signedSuffix(address, isPost, contentType, body)
        else { return nil }
        var found: String?
        for key in keys where !key.secret.isEmpty {
            for candidate in address.candidates {
                let text = Array(candidate.utf8) + suffix
                let expected =
                    switch key.algorithm {
                    case .sha1: HMAC.sha1(key: key.secret.exposedBytes, text)
                    case .sha256: HMAC.sha256(key: key.secret.exposedBytes, text)
                    }
                if constantTimeEquals(expected, given) { found = found ?? key.id }
            }
        }
        return found
    }

    /// What is signed behind the address; nil when the body is not what the address says.
    private func signedSuffix(
        _ address: SignedAddress, _ isPost: Bool, _ contentType: String?, _ body: [UInt8],
    ) -> [UInt8]? {
        guard isPost else { return body.isEmpty ? [] : nil }
        let isForm = contentType?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? body.isEmpty
        guard isForm else {
            let digest = SHA256.hash(body).hexadecimal
            return address.bodyDigests == [digest] ? [] : nil
        }
        var values: [[UInt8]: Set<[UInt8]>] = [:]
        for (name, value) in FormEncoding.decode(body) { values[name, default: []].insert(value) }
        var suffix: [UInt8] = []
        for (name, parts) in values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            for value in parts.sorted(by: { $0.lexicographicallyPrecedes($1) }) { suffix += name + value }
        }
        return suffix
    }
}
