package import Cryptography
internal import FoundationEssentials
package import Values

/// What the relay says it has stored.
///
/// The agent keeps it beside the batch, and shows it when it sends the batch again.
package struct Acknowledgement: Hashable, Sendable {
    package var agent: String
    package var lineage: Lineage
    package var lane: Lane
    package var sequence: UInt64
    /// Digest of the manifest.
    package var manifest: Digest32
    /// 16 bytes.
    package var incarnation: [UInt8]
    package var time: Timestamp

    /// An acknowledgement of its parts.
    package init(
        agent: String, lineage: Lineage, lane: Lane, sequence: UInt64, manifest: Digest32,
        incarnation: [UInt8], time: Timestamp,
    ) {
        self.agent = agent
        self.lineage = lineage
        self.lane = lane
        self.sequence = sequence
        self.manifest = manifest
        self.incarnation = incarnation
        self.time = time
    }

    /// Reads the payload of a signed acknowledgement.
    /// - Throws: `malformed`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WireAcknowledgement = try decodeWire(bytes, "acknowledgement")
        self.init(
            agent: wire.agent, lineage: try Lineage(wire: Array(wire.lineage), "acknowledgement"),
            lane: try Lane(wire: wire.lane), sequence: wire.sequence,
            manifest: try Digest32(wire: Array(wire.manifest), "acknowledgement"),
            incarnation: Array(wire.incarnation), time: try Timestamp(wire: wire.time, "acknowledgement"))
    }

    /// The payload of a signed acknowledgement.
    package var bytes: [UInt8] {
        var wire = WireAcknowledgement()
        wire.agent = agent
        wire.lineage = .init(lineage.bytes)
        wire.lane = lane.wire
        wire.sequence = sequence
        wire.manifest = .init(manifest.bytes)
        wire.incarnation = .init(incarnation)
        wire.time = time.wire
        return encodeWire(wire)
    }
}

/// Bytes under the relay's signature, which covers what they are for.
package struct SignedBytes: Hashable, Sendable {
    /// What signed bytes can be; one is never taken for another.
    package enum Context: String, Sendable { case acknowledgement, receipt, command }

    /// What the bytes are for, the bytes, and 64 bytes of signature.
    package let context: Context
    package let payload: [UInt8]
    package let signature: [UInt8]

    /// Signs `payload`: Ed25519 over the context's name, a zero byte and the payload.
    /// - Throws: `malformed` when the key cannot sign.
    package init(_ payload: [UInt8], as context: Context, key: Ed25519.PrivateKey) throws(ProtocolError) {
        guard let signature = try? key.sign(SignedBytes.message(context, payload)) else {
            throw .malformed(context.rawValue)
        }
        self.context = context
        self.payload = payload
        self.signature = signature
    }

    /// Reads signed bytes as they travel; they are not believed yet.
    /// - Throws: `malformed`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        try self.init(wire: decodeWire(bytes, "signed bytes"))
    }

    /// Signed bytes as they travel.
    package var bytes: [UInt8] { encodeWire(wire) }

    /// Whether they are `key`'s, for this context.
    package func isValid(as expected: Context, key: Ed25519.PublicKey) -> Bool {
        context == expected && key.isValid(signature, for: SignedBytes.message(context, payload))
    }

    private static func message(_ context: Context, _ payload: [UInt8]) -> [UInt8] {
        Array(context.rawValue.utf8) + [0] + payload
    }

    init(wire: WireSigned) throws(ProtocolError) {
        guard let context = Context(rawValue: wire.context), wire.signature.count == 64 else {
            throw .malformed("signed bytes")
        }
        self.context = context
        payload = Array(wire.payload)
        signature = Array(wire.signature)
    }

    var wire: WireSigned {
        var wire = WireSigned()
        wire.context = context.rawValue
        wire.payload = .init(payload)
        wire.signature = .init(signature)
        return wire
    }
}

/// The answer to an accepted batch; the same batch again gets the same acknowledgement.
package struct BatchAnswer: Hashable, Sendable {
    package var standing: Standing
    /// A signed `Acknowledgement`.
    package var acknowledgement: SignedBytes

    /// An answer of its parts.
    package init(standing: Standing, acknowledgement: SignedBytes) {
        self.standing = standing
        self.acknowledgement = acknowledgement
    }

    /// Reads an answer as it travels.
    /// - Throws: `malformed` or `unsupportedVersion`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WireBatchAnswer = try decodeWire(bytes, "batch answer")
        self.init(
            standing: try Standing(wire: wire.standing),
            acknowledgement: try SignedBytes(wire: wire.acknowledgement))
    }

    /// The answer as it travels.
    package var bytes: [UInt8] {
        var wire = WireBatchAnswer()
        wire.standing = standing.wire
        wire.acknowledgement = acknowledgement.wire
        return encodeWire(wire)
    }
}
