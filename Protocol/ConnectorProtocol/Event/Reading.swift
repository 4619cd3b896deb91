package import Values

/// A state, and the moments between which it was read.
///
/// The relay makes transitions of readings (DESIGN.md 4.2).
package struct Reading: Hashable, Sendable {
    /// What is compared: a word of the feed ("blocked"), or a digest of the fields that count, in hexadecimal.
    package var state: String
    /// SAP's clock before the read, 5 s subtracted.
    package var begun: Timestamp
    /// SAP's clock after the read, 5 s added.
    package var ended: Timestamp
    /// Creation stamp of the document, where it has one: what lay before a stream's start makes no event.
    package var created: LocalDateTime?

    /// A reading; `begun` must not be after `ended`.
    package init(state: String, begun: Timestamp, ended: Timestamp, created: LocalDateTime? = nil) {
        self.state = state
        self.begun = begun
        self.ended = ended
        self.created = created
    }

    init(wire: WireReading) throws(ProtocolError) {
        self.init(
            state: wire.state, begun: try Timestamp(wire: wire.begun, "reading"),
            ended: try Timestamp(wire: wire.ended, "reading"),
            created: wire.hasCreated ? try LocalDateTime(wire: wire.created, "reading") : nil)
        guard !state.isEmpty, begun <= ended else { throw .malformed("reading") }
    }

    var wire: WireReading {
        var wire = WireReading()
        wire.state = state
        wire.begun = begun.wire
        wire.ended = ended.wire
        if let created { wire.created = created.wire }
        return wire
    }
}
