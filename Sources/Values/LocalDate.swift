// Public and frozen: rules compare dates in their inner loop (see ExactDecimal).
/// A day of the calendar, without time and zone, in years 1 to 9999 (proleptic Gregorian).
@frozen
public struct LocalDate: BitwiseCopyable, Hashable, Comparable, Sendable {
    /// Days since 1970-01-01, as the wire carries them.
    public let daysSinceEpoch: Int32

    /// The first and last day that exist here.
    public static let range: ClosedRange<Int32> = -719_162...2_932_896

    /// The day that lies `daysSinceEpoch` after 1970-01-01; `nil` outside years 1 to 9999.
    @inlinable
    public init?(daysSinceEpoch: Int) {
        guard daysSinceEpoch >= -719_162, daysSinceEpoch <= 2_932_896 else { return nil }
        self.daysSinceEpoch = Int32(truncatingIfNeeded: daysSinceEpoch)
    }

    /// The day with these numbers; `nil` if there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard year >= 1, year <= 9_999, month >= 1, month <= 12, day >= 1,
            day <= Self.days(inMonth: month, of: year)
        else { return nil }
        self.daysSinceEpoch = Int32(truncatingIfNeeded: Self.days(year, month, day))
    }

    /// Whether `a` comes before `b`.
    @inlinable
    public static func < (a: LocalDate, b: LocalDate) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }

    /// Year, month (1 to 12) and day (1 to 31).
    public var civil: (year: Int, month: Int, day: Int) { Self.civil(Int(daysSinceEpoch)) }

    /// Day of the week, 0 for Sunday to 6 for Saturday, as CEL counts.
    public var weekday: Int { Self.weekday(Int(daysSinceEpoch)) }

    /// Day of the year, 1 for the first of January.
    public var dayOfYear: Int { Int(daysSinceEpoch) - Self.days(civil.year, 1, 1) + 1 }

    /// The day `count` days later (earlier where negative); `nil` outside years 1 to 9999.
    public func adding(days count: Int) -> LocalDate? {
        let (sum, overflow) = Int(daysSinceEpoch).addingReportingOverflow(count)
        return overflow ? nil : LocalDate(daysSinceEpoch: sum)
    }

    /// Days from `other` to this day.
    public func days(since other: LocalDate) -> Int { Int(daysSinceEpoch) - Int(other.daysSinceEpoch) }

    /// Days that a month has.
    public static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    // Days and civil dates by eras of 400 years (Howard Hinnant's algorithms): no table, no Foundation.
    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
    }

    static func weekday(_ days: Int) -> Int { ((days % 7) + 11) % 7 }
}

extension LocalDate: CustomStringConvertible {
    /// Reads `2026-03-05`; `nil` for anything else.
    public init?(parsing text: some StringProtocol) {
        var reader = DigitReader(text.utf8)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.atEnd
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Reads SAP's DATS, `20260305`; `nil` for the initial value `00000000`, blanks and anything else.
    public init?(sap text: some StringProtocol) {
        var reader = DigitReader(text.utf8)
        guard let year = reader.number(4), let month = reader.number(2), let day = reader.number(2),
            reader.atEnd
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day as ISO 8601 writes it, `2026-03-05`.
    public var description: String {
        let (year, month, day) = civil
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// The day as SAP writes it, `20260305`.
    public var sapText: String {
        let (year, month, day) = civil
        return padded(year, 4) + padded(month, 2) + padded(day, 2)
    }
}
