package import Cryptography
internal import FoundationEssentials
package import Values

/// The one-time token of `ml-relay agents invite`: where the relay is, and how both sides know each other.
package struct PairingToken: Sendable {
    /// The relay's base address, `https://relay.example.com:8443` for example.
    package var address: String
    /// 16 bytes.
    package var invitation: [UInt8]
    /// 16 bytes or more; never sent.
    package var secret: Secret
    /// DER of the relay's CA, which the agent pins; nil where the system's roots judge the certificate.
    package var authority: [UInt8]?
    /// The relay's signing key.
    package var relayKey: Ed25519.PublicKey
    package var expires: Timestamp

    private static let prefix = "mlpair1."

    /// A token of its parts.
    package init(
        address: String, invitation: [UInt8], secret: Secret, authority: [UInt8]?,
        relayKey: Ed25519.PublicKey, expires: Timestamp,
    ) {
        self.address = address
        self.invitation = invitation
        self.secret = secret
        self.authority = authority
        self.relayKey = relayKey
        self.expires = expires
    }

    /// Reads the token's text, blanks around it allowed.
    /// - Throws: `malformed`.
    package init(parsing text: String) throws(ProtocolError) {
        let word = String(text.filter { !$0.isWhitespace })
        guard word.hasPrefix(PairingToken.prefix),
            let bytes = Base64.decodeForAddress(word.dropFirst(PairingToken.prefix.count))
        else { throw .malformed("pairing token") }
        let wire: WirePairingToken = try decodeWire(bytes, "pairing token")
        guard wire.invitation.count == 16, wire.secret.count >= 16, !wire.address.isEmpty,
            let key = try? Ed25519.PublicKey(raw: Array(wire.relayKey))
        else { throw .malformed("pairing token") }
        self.init(
            address: wire.address, invitation: Array(wire.invitation),
            secret: Secret(bytes: Array(wire.secret)),
            authority: wire.authority.isEmpty ? nil : Array(wire.authority), relayKey: key,
            expires: try Timestamp(wire: wire.expires, "pairing token"))
    }

    /// The text to hand over, which holds the secret.
    package var exposedText: String {
        var wire = WirePairingToken()
        wire.address = address
        wire.invitation = .init(invitation)
        wire.secret = .init(secret.exposedBytes)
        wire.authority = .init(authority ?? [])
        wire.relayKey = .init(relayKey.raw)
        wire.expires = expires.wire
        return PairingToken.prefix + Base64.encodeForAddress(encodeWire(wire))
    }
}
