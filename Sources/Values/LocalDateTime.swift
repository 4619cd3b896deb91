/// A stamp as SAP writes it: date and time on SAP's own clock, without zone.
///
/// Stamps are compared as they are written and never turned into instants (DESIGN.md 4.3). What SAP stamps with a
/// date alone has midnight here.
package struct LocalDateTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let date: LocalDate
    package let time: TimeOfDay

    /// The stamp of `date` at `time`.
    package init(_ date: LocalDate, _ time: TimeOfDay = .midnight) {
        self.date = date
        self.time = time
    }

    /// The stamp this many seconds after 1970-01-01 00:00:00 on the same clock; `nil` outside years 1 to 9999.
    package init?(secondsSinceEpoch seconds: Int64) {
        let (quotient, remainder) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let days = remainder < 0 ? quotient - 1 : quotient
        let rest = remainder < 0 ? remainder + 86_400 : remainder
        guard let date = LocalDate(daysSinceEpoch: Int(days)),
            let time = TimeOfDay(secondsSinceMidnight: Int(rest))
        else { return nil }
        self.init(date, time)
    }

    /// Reads SAP's DATS and TIMS; `nil` if either is initial or malformed (an all-zero time is midnight).
    package init?(sapDate: some StringProtocol, time sapTime: some StringProtocol) {
        guard let date = LocalDate(sap: sapDate), let time = TimeOfDay(sap: sapTime) else { return nil }
        self.init(date, time)
    }

    /// Reads fourteen digits, `20260305134512`; `nil` for anything else.
    package init?(sap text: some StringProtocol) {
        guard text.utf8.count == 14 else { return nil }
        self.init(sapDate: text.prefix(8), time: text.dropFirst(8))
    }

    package static func < (a: LocalDateTime, b: LocalDateTime) -> Bool {
        a.date == b.date ? a.time < b.time : a.date < b.date
    }

    /// Seconds since 1970-01-01 00:00:00 on the same clock: for arithmetic between stamps of one system only.
    package var secondsSinceEpoch: Int64 {
        Int64(date.daysSinceEpoch) * 86_400 + Int64(time.secondsSinceMidnight)
    }

    /// The stamp `seconds` later on the same clock; `nil` outside years 1 to 9999.
    package func adding(seconds: Int64) -> LocalDateTime? {
        let (sum, overflow) = secondsSinceEpoch.addingReportingOverflow(seconds)
        return overflow ? nil : LocalDateTime(secondsSinceEpoch: sum)
    }

    /// The instant this stamp names where the clock is `offsetSeconds` east of Greenwich.
    package func instant(offsetSeconds: Int) -> Timestamp? {
        Timestamp(seconds: secondsSinceEpoch - Int64(offsetSeconds), nanoseconds: 0)
    }

    /// The stamp as people read it, `2026-03-05 13:45:12`.
    package var description: String { "\(date) \(time)" }
    /// The stamp as fourteen digits, which sort as stamps do.
    package var sapText: String { date.sapText + time.sapText }
}
