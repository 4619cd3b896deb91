package import Cryptography

/// What both sides of a pairing agree on, and prove under the token's secret.
package struct PairingTranscript: Hashable, Sendable {
    /// Who proves; a proof of one is never one of the other.
    package enum Role: String, Sendable { case relay, agent }

    /// 16 bytes.
    package var invitation: [UInt8]
    package var agentKey: Ed25519.PublicKey
    package var relayKey: Ed25519.PublicKey
    package var host: String
    package var agent: String
    package var agentVersion: String
    package var relayVersion: String

    /// A transcript of its parts.
    package init(
        invitation: [UInt8], agentKey: Ed25519.PublicKey, relayKey: Ed25519.PublicKey, host: String,
        agent: String, agentVersion: String, relayVersion: String,
    ) {
        self.invitation = invitation
        self.agentKey = agentKey
        self.relayKey = relayKey
        self.host = host
        self.agent = agent
        self.agentVersion = agentVersion
        self.relayVersion = relayVersion
    }

    /// The line `ml-connector pairing 1`, a line feed, and the parts, each behind its length in four bytes.
    var bytes: [UInt8] {
        var bytes = Array("ml-connector pairing 1\n".utf8)
        let parts = [
            invitation, agentKey.raw, relayKey.raw, Array(host.utf8), Array(agent.utf8),
            Array(agentVersion.utf8), Array(relayVersion.utf8),
        ]
        for part in parts { bytes += bigEndian(UInt32(part.count)) + part }
        return bytes
    }

    /// HMAC-SHA256 under the secret over the role's name, a zero byte and the transcript: 32 bytes.
    package func proof(of role: Role, secret: Secret) -> [UInt8] {
        HMAC.sha256(key: secret.exposedBytes, Array(role.rawValue.utf8) + [0] + bytes)
    }

    /// Whether `proof` is the role's, compared in constant time.
    package func isProof(_ proof: [UInt8], of role: Role, secret: Secret) -> Bool {
        constantTimeEquals(proof, self.proof(of: role, secret: secret))
    }
}
