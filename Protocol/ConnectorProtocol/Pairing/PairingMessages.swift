package import Cryptography
internal import FoundationEssentials
package import Values

/// The agent's first message: which invitation, and the key that it made for itself.
package struct PairingHello: Hashable, Sendable {
    package var invitation: [UInt8]
    package var agentKey: Ed25519.PublicKey
    package var host: String
    package var agentVersion: String

    /// A hello of its parts.
    package init(invitation: [UInt8], agentKey: Ed25519.PublicKey, host: String, agentVersion: String) {
        self.invitation = invitation
        self.agentKey = agentKey
        self.host = host
        self.agentVersion = agentVersion
    }

    /// Reads a hello as it travels.
    /// - Throws: `malformed` or `unsupportedVersion`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WirePairingHello = try decodeWire(bytes, "pairing hello")
        guard wire.wireVersion == WireVersion.current else { throw .unsupportedVersion(wire.wireVersion) }
        guard wire.invitation.count == 16, let key = try? Ed25519.PublicKey(raw: Array(wire.agentKey)),
            wire.host.utf8.count <= 255, wire.agentVersion.utf8.count <= 64
        else { throw .malformed("pairing hello") }
        self.init(
            invitation: Array(wire.invitation), agentKey: key, host: wire.host,
            agentVersion: wire.agentVersion)
    }

    /// The hello as it travels.
    package var bytes: [UInt8] {
        var wire = WirePairingHello()
        wire.wireVersion = WireVersion.current
        wire.invitation = .init(invitation)
        wire.agentKey = .init(agentKey.raw)
        wire.host = host
        wire.agentVersion = agentVersion
        return encodeWire(wire)
    }
}

/// The relay's answer to a hello: the agent's name, and the relay's proof.
package struct PairingChallenge: Hashable, Sendable {
    package var agent: String
    package var relayKey: Ed25519.PublicKey
    package var relayVersion: String
    /// The relay's proof, by `PairingTranscript.proof(of:secret:)`.
    package var proof: [UInt8]
    package var time: Timestamp

    /// A challenge of its parts.
    package init(
        agent: String, relayKey: Ed25519.PublicKey, relayVersion: String, proof: [UInt8], time: Timestamp,
    ) {
        self.agent = agent
        self.relayKey = relayKey
        self.relayVersion = relayVersion
        self.proof = proof
        self.time = time
    }

    /// Reads a challenge as it travels.
    /// - Throws: `malformed` or `unsupportedVersion`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WirePairingChallenge = try decodeWire(bytes, "pairing challenge")
        guard wire.wireVersion == WireVersion.current else { throw .unsupportedVersion(wire.wireVersion) }
        guard !wire.agent.isEmpty, let key = try? Ed25519.PublicKey(raw: Array(wire.relayKey)) else {
            throw .malformed("pairing challenge")
        }
        self.init(
            agent: wire.agent, relayKey: key, relayVersion: wire.relayVersion, proof: Array(wire.proof),
            time: try Timestamp(wire: wire.time, "pairing challenge"))
    }

    /// The challenge as it travels.
    package var bytes: [UInt8] {
        var wire = WirePairingChallenge()
        wire.wireVersion = WireVersion.current
        wire.agent = agent
        wire.relayKey = .init(relayKey.raw)
        wire.relayVersion = relayVersion
        wire.proof = .init(proof)
        wire.time = time.wire
        return encodeWire(wire)
    }
}

/// The agent's proof; the request that carries it is signed with the agent's new key.
package struct PairingProof: Hashable, Sendable {
    package var invitation: [UInt8]
    package var agentKey: Ed25519.PublicKey
    /// The agent's proof, by `PairingTranscript.proof(of:secret:)`.
    package var proof: [UInt8]

    /// A proof of its parts.
    package init(invitation: [UInt8], agentKey: Ed25519.PublicKey, proof: [UInt8]) {
        self.invitation = invitation
        self.agentKey = agentKey
        self.proof = proof
    }

    /// Reads a proof as it travels.
    /// - Throws: `malformed`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WirePairingProof = try decodeWire(bytes, "pairing proof")
        guard wire.invitation.count == 16, let key = try? Ed25519.PublicKey(raw: Array(wire.agentKey)) else {
            throw .malformed("pairing proof")
        }
        self.init(invitation: Array(wire.invitation), agentKey: key, proof: Array(wire.proof))
    }

    /// The proof as it travels.
    package var bytes: [UInt8] {
        var wire = WirePairingProof()
        wire.invitation = .init(invitation)
        wire.agentKey = .init(agentKey.raw)
        wire.proof = .init(proof)
        return encodeWire(wire)
    }
}

/// What an agent shows to a relay that has forgotten it; travels signed by the relay.
package struct PairingReceipt: Hashable, Sendable {
    package var agent: String
    package var agentKey: Ed25519.PublicKey
    /// 1 at pairing, one more with each rotation.
    package var keyNumber: UInt32
    package var time: Timestamp

    /// A receipt of its parts.
    package init(agent: String, agentKey: Ed25519.PublicKey, keyNumber: UInt32, time: Timestamp) {
        self.agent = agent
        self.agentKey = agentKey
        self.keyNumber = keyNumber
        self.time = time
    }

    /// Reads the payload of a signed receipt.
    /// - Throws: `malformed`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WirePairingReceipt = try decodeWire(bytes, "pairing receipt")
        guard let key = try? Ed25519.PublicKey(raw: Array(wire.agentKey)) else {
            throw .malformed("pairing receipt")
        }
        self.init(
            agent: wire.agent, agentKey: key, keyNumber: wire.keyNumber,
            time: try Timestamp(wire: wire.time, "pairing receipt"))
    }

    /// The payload of a signed receipt.
    package var bytes: [UInt8] {
        var wire = WirePairingReceipt()
        wire.agent = agent
        wire.agentKey = .init(agentKey.raw)
        wire.keyNumber = keyNumber
        wire.time = time.wire
        return encodeWire(wire)
    }
}

/// The end of a pairing: the receipt, and what the agent pins from now on.
package struct PairingAnswer: Hashable, Sendable {
    /// A signed `PairingReceipt`.
    package var receipt: SignedBytes
    /// PEM of each CA that the relay's certificate may come from; empty for the system's roots.
    package var authorities: [String]
    package var standing: Standing

    /// An answer of its parts.
    package init(receipt: SignedBytes, authorities: [String], standing: Standing) {
        self.receipt = receipt
        self.authorities = authorities
        self.standing = standing
    }

    /// Reads an answer as it travels.
    /// - Throws: `malformed` or `unsupportedVersion`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WirePairingAnswer = try decodeWire(bytes, "pairing answer")
        self.init(
            receipt: try SignedBytes(wire: wire.receipt), authorities: wire.authorities,
            standing: try Standing(wire: wire.standing))
    }

    /// The answer as it travels.
    package var bytes: [UInt8] {
        var wire = WirePairingAnswer()
        wire.receipt = receipt.wire
        wire.authorities = authorities
        wire.standing = standing.wire
        return encodeWire(wire)
    }
}
