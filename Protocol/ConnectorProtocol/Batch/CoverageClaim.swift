package import Values

/// "Everything of this stream that this tier can see from `from` to `readTo` is delivered, but for
/// `pending`".
package struct CoverageClaim: Hashable, Sendable {
    package var source: String
    package var stream: String
    /// 1, 2 or 3.
    package var tier: Int
    package var from: LocalDateTime
    /// SAP's clock at the beginning of the complete run.
    package var readTo: LocalDateTime
    /// All keys of the stream that are pending up to `readTo`, not only the new ones.
    package var pending: [KeyEntry]
    /// The stream's first claim: what lay before is seen and not told.
    package var isBaseline: Bool
    /// What people may rely on; given with tier 1 only.
    package var promise: LocalDateTime?

    /// A claim of its parts.
    package init(
        source: String, stream: String, tier: Int, from: LocalDateTime, readTo: LocalDateTime,
        pending: [KeyEntry] = [], isBaseline: Bool = false, promise: LocalDateTime? = nil,
    ) {
        self.source = source
        self.stream = stream
        self.tier = tier
        self.from = from
        self.readTo = readTo
        self.pending = pending
        self.isBaseline = isBaseline
        self.promise = promise
    }

    init(wire: WireCoverageClaim) throws(ProtocolError) {
        self.init(
            source: wire.source, stream: wire.stream, tier: Int(wire.tier),
            from: try LocalDateTime(wire: wire.from, "claim"),
            readTo: try LocalDateTime(wire: wire.readTo, "claim"), pending: try KeyEntry.list(wire.pending),
            isBaseline: wire.baseline,
            promise: wire.hasPromise ? try LocalDateTime(wire: wire.promise, "claim") : nil)
        guard !stream.isEmpty, (1...3).contains(tier), from <= readTo else { throw .malformed("claim") }
    }

    var wire: WireCoverageClaim {
        var wire = WireCoverageClaim()
        wire.source = source
        wire.stream = stream
        wire.tier = UInt32(clamping: tier)
        wire.from = from.wire
        wire.readTo = readTo.wire
        wire.pending = pending.map(\.wire)
        wire.baseline = isBaseline
        if let promise { wire.promise = promise.wire }
        return wire
    }
}
