package import SQLStore
package import Values

/// An instant as the relay's tables keep it: milliseconds since 1970-01-01T00:00:00Z.
package struct Moment: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    /// The instant this many milliseconds after 1970-01-01T00:00:00Z.
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The millisecond that `timestamp` falls in.
    package init(_ timestamp: Timestamp) {
        milliseconds = timestamp.seconds * 1_000 + Int64(timestamp.nanoseconds) / 1_000_000
    }

    /// The same instant with seconds and nanoseconds; years outside 1 to 9999 end at the nearest one.
    package var timestamp: Timestamp {
        let seconds = milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
        let rest = Int32((milliseconds - seconds * 1_000) * 1_000_000)
        return Timestamp(seconds: seconds, nanoseconds: rest) ?? (seconds < 0 ? .first : .last)
    }

    /// The value that stands in a column of type INTEGER.
    package var sql: SQLValue { .integer(milliseconds) }

    /// The instant `duration` later, to the millisecond.
    package static func + (moment: Moment, duration: Duration) -> Moment {
        Moment(milliseconds: moment.milliseconds + duration.wholeMilliseconds)
    }

    /// The instant `duration` earlier, to the millisecond.
    package static func - (moment: Moment, duration: Duration) -> Moment { moment + (.zero - duration) }

    /// How long after `other` this instant is.
    package func since(_ other: Moment) -> Duration { .milliseconds(milliseconds - other.milliseconds) }

    package static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }

    /// RFC 3339 in UTC.
    package var description: String { timestamp.description }
}

extension Duration {
    /// To the millisecond, as the relay's tables keep times.
    var wholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension SQLColumns {
    /// The instant in the column `name`.
    package func moment(_ name: String) throws(SQLError) -> Moment {
        Moment(milliseconds: try integer(name))
    }

    /// The instant in the column `name`, nil for NULL.
    package func optionalMoment(_ name: String) throws(SQLError) -> Moment? {
        try optionalInteger(name).map(Moment.init(milliseconds:))
    }
}

extension SQLValue {
    /// The instant, or NULL for nil.
    package init(_ moment: Moment?) { self = moment?.sql ?? .null }
}
