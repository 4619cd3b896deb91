package import Values

/// When a fact became one, as SAP wrote it down: never converted, only given with what is known of the zone.
package struct EventTime: Hashable, Sendable {
    /// How exactly SAP keeps it.
    package enum Precision: String, Hashable, Sendable {
        case second
        /// A date only; the stamp's time is midnight.
        case day
    }

    /// On SAP's own clock.
    package var stamp: LocalDateTime
    package var precision: Precision
    /// SAP's name of its zone ("CET"); empty where it is not known.
    package var zone: String
    /// Seconds that SAP's clock is ahead of UTC.
    package var offsetSeconds: Int

    /// A time of SAP's; with `precision` `.day` the stamp's time is taken as midnight.
    package init(stamp: LocalDateTime, precision: Precision, zone: String = "", offsetSeconds: Int) {
        self.stamp = precision == .day ? LocalDateTime(stamp.date) : stamp
        self.precision = precision
        self.zone = zone
        self.offsetSeconds = offsetSeconds
    }

    /// The first moment at which it can have been; `nil` outside years 1 to 9999.
    package var instant: Timestamp? { stamp.instant(offsetSeconds: offsetSeconds) }

    init(wire: WireEventTime) throws(ProtocolError) {
        let precision: Precision
        switch wire.precision {
        case .second: precision = .second
        case .day: precision = .day
        case .unspecified, .UNRECOGNIZED: throw .malformed("time of an event")
        }
        guard abs(Int64(wire.offset)) <= 86_400 else { throw .malformed("time of an event") }
        self.init(
            stamp: try LocalDateTime(wire: wire.stamp, "time of an event"), precision: precision,
            zone: wire.zone, offsetSeconds: Int(wire.offset))
    }

    var wire: WireEventTime {
        var wire = WireEventTime()
        wire.stamp = stamp.wire
        wire.precision = precision == .second ? .second : .day
        wire.zone = zone
        wire.offset = Int32(offsetSeconds)
        return wire
    }
}
