internal import SAPAccess
internal import Values

extension TableRow {
    /// When a row is stamped that a window found by that stamp; nil for the initial date.
    ///
    /// What stands in no calendar (31 November, 25:00) counts as the last moment before it, so that one row never
    /// stops its neighbours; its document, which is read next, says what is wrong with it.
    func foundStamp(date: String, time: String?) throws(SAPAccessError) -> LocalDateTime? {
        let day = try text(date)
        guard !day.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x30 }) else { return nil }
        let clock = try time.map { (column) throws(SAPAccessError) in try text(column) } ?? ""
        guard let nearest = Self.nearest(day) else { return nil }
        let stamp = LocalDateTime(nearest, TimeOfDay(sap: clock) ?? Self.nearestTime(clock))
        // 24:00:00 is midnight, and has one name.
        return LocalDateTime(secondsSinceEpoch: stamp.secondsSinceEpoch) ?? stamp
    }

    private static func nearest(_ text: String) -> LocalDate? {
        let month = min(max(number(text, from: 4, 2), 1), 12)
        for day in stride(from: min(max(number(text, from: 6, 2), 1), 31), to: 0, by: -1) {
            if let date = LocalDate(year: max(number(text, from: 0, 4), 1), month: month, day: day) {
                return date
            }
        }
        return nil
    }

    private static func nearestTime(_ text: String) -> TimeOfDay {
        let (hour, minute, second) = (
            number(text, from: 0, 2), number(text, from: 2, 2), number(text, from: 4, 2)
        )
        return TimeOfDay(hour: min(hour, 23), minute: min(minute, 59), second: min(second, 59)) ?? .midnight
    }

    /// A number of `count` digits; any other character counts as zero.
    private static func number(_ text: String, from start: Int, _ count: Int) -> Int {
        text.utf8.dropFirst(start).prefix(count).reduce(0) { sum, byte in
            sum * 10 + ((0x30...0x39).contains(byte) ? Int(byte) - 0x30 : 0)
        }
    }
}
