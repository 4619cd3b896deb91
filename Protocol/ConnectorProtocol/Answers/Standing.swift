package import Cryptography
internal import FoundationEssentials
package import Values

/// The last batch that the relay holds of a lineage and lane.
package struct LineageHead: Hashable, Sendable {
    package var lineage: Lineage
    package var lane: Lane
    /// 0 where it holds nothing.
    package var sequence: UInt64
    /// The manifest's digest; nil at sequence 0 and only there.
    package var digest: Digest32?

    /// A head of its parts.
    package init(lineage: Lineage, lane: Lane, sequence: UInt64, digest: Digest32?) {
        self.lineage = lineage
        self.lane = lane
        self.sequence = sequence
        self.digest = digest
    }

    init(wire: WireLineageHead) throws(ProtocolError) {
        self.init(
            lineage: try Lineage(wire: Array(wire.lineage), "head"), lane: try Lane(wire: wire.lane),
            sequence: wire.sequence, digest: try .optional(wire: Array(wire.digest), "head"))
        guard (sequence == 0) == (digest == nil) else { throw .malformed("head") }
    }

    var wire: WireLineageHead {
        var wire = WireLineageHead()
        wire.lineage = .init(lineage.bytes)
        wire.lane = lane.wire
        wire.sequence = sequence
        if let digest { wire.digest = .init(digest.bytes) }
        return wire
    }
}

/// How far a stream's tier is covered by claims that join on to each other.
package struct Coverage: Hashable, Sendable {
    package var source: String
    package var stream: String
    /// 1, 2 or 3.
    package var tier: Int
    package var coveredUntil: LocalDateTime

    /// A coverage of its parts.
    package init(source: String, stream: String, tier: Int, coveredUntil: LocalDateTime) {
        self.source = source
        self.stream = stream
        self.tier = tier
        self.coveredUntil = coveredUntil
    }

    init(wire: WireCoverage) throws(ProtocolError) {
        self.init(
            source: wire.source, stream: wire.stream, tier: Int(wire.tier),
            coveredUntil: try LocalDateTime(wire: wire.coveredUntil, "coverage"))
        guard (1...3).contains(tier) else { throw .malformed("coverage") }
    }

    var wire: WireCoverage {
        var wire = WireCoverage()
        wire.source = source
        wire.stream = stream
        wire.tier = UInt32(clamping: tier)
        wire.coveredUntil = coveredUntil.wire
        return wire
    }
}

/// The last link of the tenant's audit chain.
package struct AuditHead: Hashable, Sendable {
    package var number: UInt64
    package var digest: Digest32

    /// A head of its parts.
    package init(number: UInt64, digest: Digest32) {
        self.number = number
        self.digest = digest
    }
}

/// Where the relay stands: part of every answer, of refusals too.
package struct Standing: Hashable, Sendable {
    /// 16 bytes: which life of the relay's database this is.
    package var incarnation: [UInt8]
    package var time: Timestamp
    /// Of each lineage asked about, both lanes.
    package var heads: [LineageHead]
    /// The last batch of each of the agent's lanes, whatever its lineage: a new lineage names it as parent.
    package var laneHeads: [LineageHead]
    package var coverage: [Coverage]
    /// Absent before the first seal.
    package var audit: AuditHead?

    /// A standing of its parts.
    package init(
        incarnation: [UInt8], time: Timestamp, heads: [LineageHead] = [], laneHeads: [LineageHead] = [],
        coverage: [Coverage] = [], audit: AuditHead? = nil,
    ) {
        self.incarnation = incarnation
        self.time = time
        self.heads = heads
        self.laneHeads = laneHeads
        self.coverage = coverage
        self.audit = audit
    }

    /// Reads a standing as it travels.
    /// - Throws: `unsupportedVersion` or `malformed`.
    package init(bytes: [UInt8]) throws(ProtocolError) { try self.init(wire: decodeWire(bytes, "standing")) }

    /// The standing as it travels.
    package var bytes: [UInt8] { encodeWire(wire) }

    init(wire: WireStanding) throws(ProtocolError) {
        guard wire.wireVersion == WireVersion.current else { throw .unsupportedVersion(wire.wireVersion) }
        self.init(incarnation: Array(wire.incarnation), time: try Timestamp(wire: wire.time, "standing"))
        guard incarnation.count == 16 else { throw .malformed("standing") }
        for head in wire.heads { heads.append(try LineageHead(wire: head)) }
        for head in wire.laneHeads { laneHeads.append(try LineageHead(wire: head)) }
        for covered in wire.coverage { coverage.append(try Coverage(wire: covered)) }
        if wire.hasAudit {
            audit = AuditHead(
                number: wire.audit.number, digest: try Digest32(wire: Array(wire.audit.digest), "standing"))
        }
    }

    var wire: WireStanding {
        var wire = WireStanding()
        wire.wireVersion = WireVersion.current
        wire.incarnation = .init(incarnation)
        wire.time = time.wire
        wire.heads = heads.map(\.wire)
        wire.laneHeads = laneHeads.map(\.wire)
        wire.coverage = coverage.map(\.wire)
        if let audit {
            wire.audit.number = audit.number
            wire.audit.digest = .init(audit.digest.bytes)
        }
        return wire
    }
}
