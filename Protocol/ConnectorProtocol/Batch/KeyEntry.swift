package import Values

/// A key of a stream that is set aside: unreadable for now (pending), or not final yet (watch).
///
/// Source, stream, key and version name it; the rest is what is known of it.
package struct KeyEntry: Hashable, Sendable {
    package var source: String
    package var stream: String
    /// Canonical document key.
    package var key: String
    package var stamp: LocalDateTime
    /// Of a change document; empty otherwise.
    package var version: String
    /// Error class (`not_authorized`, `too_large`), or why it is watched (`parked`).
    package var reason: String
    package var since: Timestamp
    /// What the agent wants to know again about a key that it takes over.
    package var hints: [String: String]

    /// An entry of its parts.
    package init(
        source: String, stream: String, key: String, stamp: LocalDateTime, version: String = "",
        reason: String, since: Timestamp, hints: [String: String] = [:],
    ) {
        self.source = source
        self.stream = stream
        self.key = key
        self.stamp = stamp
        self.version = version
        self.reason = reason
        self.since = since
        self.hints = hints
    }

    init(wire: WireKeyEntry) throws(ProtocolError) {
        self.init(
            source: wire.source, stream: wire.stream, key: wire.key,
            stamp: try LocalDateTime(wire: wire.stamp, "key entry"), version: wire.version,
            reason: wire.reason, since: try Timestamp(wire: wire.since, "key entry"),
            hints: Dictionary(wire.hints.map { ($0.name, $0.value) }) { first, _ in first })
        guard !stream.isEmpty, !key.isEmpty else { throw .malformed("key entry") }
    }

    var wire: WireKeyEntry {
        var wire = WireKeyEntry()
        wire.source = source
        wire.stream = stream
        wire.key = key
        wire.stamp = stamp.wire
        wire.version = version
        wire.reason = reason
        wire.since = since.wire
        wire.hints = hints.sorted { $0.key < $1.key }.map { name, value in
            var hint = WireHint()
            hint.name = name
            hint.value = value
            return hint
        }
        return wire
    }

    static func list(_ wire: [WireKeyEntry]) throws(ProtocolError) -> [KeyEntry] {
        var entries: [KeyEntry] = []
        for entry in wire { entries.append(try KeyEntry(wire: entry)) }
        return entries
    }
}

/// What entered and left a list of keys since the manifest before.
package struct KeyMoves: Hashable, Sendable {
    package var entered: [KeyEntry]
    package var left: [KeyEntry]

    /// Moves; none by default.
    package init(entered: [KeyEntry] = [], left: [KeyEntry] = []) {
        self.entered = entered
        self.left = left
    }

    /// Whether nothing moved.
    package var isEmpty: Bool { entered.isEmpty && left.isEmpty }

    init(wire: WireKeyMoves) throws(ProtocolError) {
        self.init(entered: try KeyEntry.list(wire.entered), left: try KeyEntry.list(wire.left))
    }

    var wire: WireKeyMoves {
        var wire = WireKeyMoves()
        wire.entered = entered.map(\.wire)
        wire.left = left.map(\.wire)
        return wire
    }
}
