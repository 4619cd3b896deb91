package import Values

/// How far back a reading looks, and how often (DESIGN 4.3): each tier has a cursor of its own.
package enum Tier: Int, CaseIterable, Sendable, Comparable {
    /// Every poll.
    case recent = 1
    /// Every hour.
    case hourly = 2
    /// Every night.
    case nightly = 3

    package static func < (a: Tier, b: Tier) -> Bool { a.rawValue < b.rawValue }
}

/// The depths and intervals of detection, in seconds of SAP's clock; defaults of DESIGN section 9.
package struct DetectionDepths: Equatable, Sendable {
    /// Depth of the first tier of a stream with times.
    package var recent: Int64 = 15 * 60
    /// Depth of the second tier, and of the first of a stream of dates.
    package var hourly: Int64 = 26 * 3_600
    /// Depth of the third tier, and of the baseline.
    package var nightly: Int64 = 7 * 86_400
    /// Depth of the first tier after SAP's clock went back, until it has moved on by as much.
    package var setBack: Int64 = 4 * 3_600
    /// The second tier runs when its cursor is this old.
    package var hourlyInterval: Int64 = 3_600
    /// The third tier runs at night when its cursor is this old, and by day when it is `nightlyLatest` old.
    package var nightlyInterval: Int64 = 12 * 3_600
    package var nightlyLatest: Int64 = 26 * 3_600
    /// The night, as hours of SAP's clock.
    package var night: Range<Int> = 1..<5
    /// A longer window is read in slices of about this length, oldest first.
    package var slice: Int64 = 86_400

    package init() {}
}

extension LocalDateTime {
    /// Moved by whole seconds; at the ends of the calendar it stays where it is.
    package func moved(by seconds: Int64) -> LocalDateTime { adding(seconds: seconds) ?? self }

    /// The last second of its day.
    package var endOfDay: LocalDateTime {
        LocalDateTime(date).moved(by: 86_399)
    }
}
