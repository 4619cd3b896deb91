internal import Compression
package import Cryptography
package import Values

/// What is to travel in one batch.
package struct BatchDraft: Sendable {
    package var agent: String
    package var lineage: Lineage
    package var lane: Lane
    package var sequence: UInt64
    package var previous: Digest32?
    package var parent: Digest32?
    /// Schemas that no batch of this lineage has carried yet.
    package var schemas: [EventSchema]
    /// Each as `Event.bytes` made it.
    package var events: [[UInt8]]
    package var claims: [CoverageClaim]
    package var pending: KeyMoves
    package var watch: KeyMoves
    package var sealedAt: Timestamp

    /// A draft of its parts.
    package init(
        agent: String, lineage: Lineage, lane: Lane, sequence: UInt64, previous: Digest32?,
        parent: Digest32? = nil, schemas: [EventSchema] = [], events: [[UInt8]] = [],
        claims: [CoverageClaim] = [], pending: KeyMoves = KeyMoves(), watch: KeyMoves = KeyMoves(),
        sealedAt: Timestamp,
    ) {
        self.agent = agent
        self.lineage = lineage
        self.lane = lane
        self.sequence = sequence
        self.previous = previous
        self.parent = parent
        self.schemas = schemas
        self.events = events
        self.claims = claims
        self.pending = pending
        self.watch = watch
        self.sealedAt = sealedAt
    }
}

/// A batch as it is stored before its first byte leaves: sent again, it is these same bytes.
package struct SealedBatch: Sendable {
    package let manifest: Manifest
    package let manifestBytes: [UInt8]
    /// SHA-256 of `manifestBytes`.
    package let digest: Digest32
    /// The HTTP body: one gzip member.
    package let body: [UInt8]
}

/// Makes batches: draws salts, computes leaves, packs the body.
package struct BatchSealer: Sendable {
    private let random: SecureRandom

    /// - Parameter random: where salts come from.
    package init(random: SecureRandom) { self.random = random }

    /// Seals one batch.
    /// - Throws: `tooLarge` when it breaks a limit of the protocol; `BatchSize` tells before.
    package func seal(_ draft: BatchDraft) throws(ProtocolError) -> SealedBatch {
        guard draft.events.count <= ProtocolLimits.eventCountLimit else {
            throw .tooLarge(what: "count of events", limit: ProtocolLimits.eventCountLimit)
        }
        let salts = draft.events.map { _ in random.bytes(ProtocolLimits.saltBytes) }
        let manifest = Manifest(
            agent: draft.agent, lineage: draft.lineage, lane: draft.lane, sequence: draft.sequence,
            previous: draft.previous, parent: draft.parent,
            leaves: zip(salts, draft.events).map { SHA256.hash(parts: [$0, $1]) },
            schemas: draft.schemas.map(\.digest), claims: draft.claims, pending: draft.pending,
            watch: draft.watch, sealedAt: draft.sealedAt)
        let manifestBytes = manifest.bytes
        var unpacked: [UInt8] = []
        BodyFraming.append(manifestBytes, to: &unpacked)
        for schema in draft.schemas {
            try check(schema.bytes.count, "schema", ProtocolLimits.schemaBytesLimit)
            BodyFraming.append(schema.bytes, to: &unpacked)
        }
        for (salt, event) in zip(salts, draft.events) {
            try check(event.count, "event", ProtocolLimits.eventBytesLimit)
            BodyFraming.append(salt, to: &unpacked)
            BodyFraming.append(event, to: &unpacked)
        }
        try check(unpacked.count, "batch", ProtocolLimits.unpackedBytesLimit)
        let body: [UInt8]
        do { body = try Gzip.compress(unpacked) } catch { throw .malformed("body") }
        return SealedBatch(
            manifest: manifest, manifestBytes: manifestBytes, digest: SHA256.hash(manifestBytes), body: body)
    }

    private func check(_ bytes: Int, _ what: String, _ limit: Int) throws(ProtocolError) {
        guard bytes <= limit else { throw .tooLarge(what: what, limit: limit) }
    }
}

/// Counts what a batch would weigh, so that it is full before a limit is broken and never after.
package struct BatchSize: Sendable {
    /// Events so far.
    package private(set) var events = 0
    /// Bytes of the unpacked body so far, rounded up.
    package private(set) var unpackedBytes = 512

    private let limit: Int

    /// An empty batch.
    /// - Parameter unpackedBytesLimit: at most the protocol's; less where batches are to be smaller.
    package init(unpackedBytesLimit: Int = ProtocolLimits.unpackedBytesLimit) {
        limit = min(unpackedBytesLimit, ProtocolLimits.unpackedBytesLimit)
    }

    /// Adds one event if it still fits.
    /// - Parameters:
    ///   - eventBytes: the event as it travels.
    ///   - schemaBytes: its schema where the batch must bring it along, else 0.
    /// - Returns: false when the batch is full without it, and nothing was counted.
    package mutating func add(eventBytes: Int, schemaBytes: Int = 0) -> Bool {
        // A leaf is 34 bytes in the manifest, the salt 17; lengths take at most 4; a schema's digest 34.
        let cost = eventBytes + 34 + 17 + 4 + (schemaBytes == 0 ? 0 : schemaBytes + 4 + 34)
        guard events < ProtocolLimits.eventCountLimit, eventBytes <= ProtocolLimits.eventBytesLimit,
            unpackedBytes + cost <= limit
        else { return false }
        events += 1
        unpackedBytes += cost
        return true
    }

    /// Adds a claim or moves of keys, as they will stand in the manifest.
    /// - Returns: false when the batch is full without it, and nothing was counted.
    package mutating func add(_ claim: CoverageClaim) -> Bool { add(encodeWire(claim.wire).count + 6) }

    /// See `add(_:)` for claims.
    package mutating func add(_ moves: KeyMoves) -> Bool { add(encodeWire(moves.wire).count + 6) }

    private mutating func add(_ bytes: Int) -> Bool {
        guard unpackedBytes + bytes <= limit else { return false }
        unpackedBytes += bytes
        return true
    }
}
