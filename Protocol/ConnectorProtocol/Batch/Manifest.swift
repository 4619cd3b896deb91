package import Cryptography
import FoundationEssentials
package import Values

/// What a batch says of itself.
///
/// Kept for ever with its signature; events and salts can be erased one by one.
package struct Manifest: Hashable, Sendable {
    /// Agent id, as in the request's path.
    package var agent: String
    package var lineage: Lineage
    package var lane: Lane
    /// Counts from 1 within lineage and lane.
    package var sequence: UInt64
    /// Digest of the manifest before it in lineage and lane; nil at sequence 1 and only there.
    package var previous: Digest32?
    /// At sequence 1: a manifest of this agent and lane that the relay holds.
    package var parent: Digest32?
    /// SHA-256 of salt and event bytes, in the order of the body.
    package var leaves: [Digest32]
    /// SHA-256 of the schemas that travel in this body, in their order.
    package var schemas: [Digest32]
    package var claims: [CoverageClaim]
    package var pending: KeyMoves
    package var watch: KeyMoves
    package var sealedAt: Timestamp

    /// A manifest of its parts; `BatchSealer` makes the leaves.
    package init(
        agent: String, lineage: Lineage, lane: Lane, sequence: UInt64, previous: Digest32?, parent: Digest32?,
        leaves: [Digest32], schemas: [Digest32], claims: [CoverageClaim], pending: KeyMoves, watch: KeyMoves,
        sealedAt: Timestamp,
    ) {
        self.agent = agent
        self.lineage = lineage
        self.lane = lane
        self.sequence = sequence
        self.previous = previous
        self.parent = parent
        self.leaves = leaves
        self.schemas = schemas
        self.claims = claims
        self.pending = pending
        self.watch = watch
        self.sealedAt = sealedAt
    }

    /// Reads a manifest as it travels.
    ///
    /// Its digest is SHA-256 over these very bytes.
    /// - Throws: `unsupportedVersion`, or `malformed` with the part that is wrong.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        let wire: WireManifest = try decodeWire(bytes, "manifest")
        guard wire.wireVersion == WireVersion.current else { throw .unsupportedVersion(wire.wireVersion) }
        agent = wire.agent
        lineage = try Lineage(wire: Array(wire.lineage), "manifest: lineage")
        lane = try Lane(wire: wire.lane)
        sequence = wire.sequence
        previous = try .optional(wire: Array(wire.previous), "manifest: previous")
        parent = try .optional(wire: Array(wire.parent), "manifest: parent")
        leaves = []
        for leaf in wire.leaves { leaves.append(try Digest32(wire: Array(leaf), "manifest: leaf")) }
        schemas = []
        for schema in wire.schemas { schemas.append(try Digest32(wire: Array(schema), "manifest: schema")) }
        claims = []
        for claim in wire.claims { claims.append(try CoverageClaim(wire: claim)) }
        pending = try KeyMoves(wire: wire.pending)
        watch = try KeyMoves(wire: wire.watch)
        sealedAt = try Timestamp(wire: wire.sealedAt, "manifest: sealed_at")
        guard !agent.isEmpty, sequence > 0, sequence <= UInt64(Int64.max) else {
            throw .malformed("manifest: agent or sequence")
        }
        guard (sequence == 1) == (previous == nil), sequence == 1 || parent == nil else {
            throw .malformed("manifest: previous or parent")
        }
    }

    /// The manifest as it travels.
    package var bytes: [UInt8] {
        var wire = WireManifest()
        wire.wireVersion = WireVersion.current
        wire.agent = agent
        wire.lineage = .init(lineage.bytes)
        wire.lane = lane.wire
        wire.sequence = sequence
        if let previous { wire.previous = .init(previous.bytes) }
        if let parent { wire.parent = .init(parent.bytes) }
        wire.leaves = leaves.map { .init($0.bytes) }
        wire.schemas = schemas.map { .init($0.bytes) }
        wire.claims = claims.map(\.wire)
        if !pending.isEmpty { wire.pending = pending.wire }
        if !watch.isEmpty { wire.watch = watch.wire }
        wire.sealedAt = sealedAt.wire
        return encodeWire(wire)
    }
}
