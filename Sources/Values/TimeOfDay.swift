// Public and frozen: see LocalDate.
/// A time of day without zone, to the second; 24:00:00 is kept apart from 00:00:00, as SAP's TIMS can hold it.
@frozen
public struct TimeOfDay: BitwiseCopyable, Hashable, Comparable, Sendable {
    /// Seconds since midnight, 0 to 86,400, as the wire carries them.
    public let secondsSinceMidnight: Int32

    /// 00:00:00.
    public static let midnight = TimeOfDay(unchecked: 0)

    private init(unchecked seconds: Int32) { secondsSinceMidnight = seconds }

    /// The time `secondsSinceMidnight` after midnight; `nil` outside 0 to 86,400.
    public init?(secondsSinceMidnight seconds: Int) {
        guard seconds >= 0, seconds <= 86_400 else { return nil }
        secondsSinceMidnight = Int32(truncatingIfNeeded: seconds)
    }

    /// The time with these numbers; `nil` if there is none (24 is taken only as 24:00:00).
    public init?(hour: Int, minute: Int, second: Int) {
        guard hour >= 0, hour <= 24, minute >= 0, minute < 60, second >= 0, second < 60 else { return nil }
        self.init(secondsSinceMidnight: hour * 3_600 + minute * 60 + second)
    }

    /// Whether `a` comes before `b`.
    @inlinable
    public static func < (a: TimeOfDay, b: TimeOfDay) -> Bool {
        a.secondsSinceMidnight < b.secondsSinceMidnight
    }

    /// Hour, minute and second.
    public var parts: (hour: Int, minute: Int, second: Int) {
        let seconds = Int(secondsSinceMidnight)
        return (seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }
}

extension TimeOfDay: CustomStringConvertible {
    /// Reads `13:45:12`; `nil` for anything else.
    public init?(parsing text: some StringProtocol) {
        var reader = DigitReader(text.utf8)
        guard let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2), reader.skip(":"),
            let second = reader.number(2), reader.atEnd
        else { return nil }
        self.init(hour: hour, minute: minute, second: second)
    }

    /// Reads SAP's TIMS, `134512` (`000000` is midnight); `nil` for anything else.
    public init?(sap text: some StringProtocol) {
        var reader = DigitReader(text.utf8)
        guard let hour = reader.number(2), let minute = reader.number(2), let second = reader.number(2),
            reader.atEnd
        else { return nil }
        self.init(hour: hour, minute: minute, second: second)
    }

    /// The time as ISO 8601 writes it, `13:45:12`.
    public var description: String {
        let (hour, minute, second) = parts
        return "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
    }

    /// The time as SAP writes it, `134512`.
    public var sapText: String {
        let (hour, minute, second) = parts
        return padded(hour, 2) + padded(minute, 2) + padded(second, 2)
    }
}
