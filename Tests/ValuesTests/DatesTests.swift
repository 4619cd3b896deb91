import Testing
import Values

@Suite struct DatesTests {
    @Test(
        "days and civil dates agree over the whole range",
        arguments: [
            (1970, 1, 1, 0), (1, 1, 1, -719_162), (9_999, 12, 31, 2_932_896), (2000, 2, 29, 11_016),
            (1969, 12, 31, -1),
        ])
    func civil(year: Int, month: Int, day: Int, days: Int) throws {
        let date = try #require(LocalDate(year: year, month: month, day: day))
        #expect(Int(date.daysSinceEpoch) == days)
        #expect(date.civil == (year, month, day))
        #expect(LocalDate(parsing: date.description) == date)
        #expect(LocalDate(sap: date.sapText) == date)
    }

    @Test("every day follows the one before it")
    func everyDay() throws {
        var previous = try #require(LocalDate(daysSinceEpoch: -719_162)).civil
        for days in -719_161...2_932_896 {
            let civil = LocalDate.self.init(daysSinceEpoch: days)?.civil ?? (0, 0, 0)
            let isNext =
                civil == (previous.year, previous.month, previous.day + 1)
                || civil == (previous.year, previous.month + 1, 1) || civil == (previous.year + 1, 1, 1)
            guard isNext else {
                Issue.record("\(civil) after \(previous)")
                return
            }
            previous = civil
        }
    }

    @Test(
        "days that do not exist are refused",
        arguments: ["00000000", "20260230", "20261301", "2026030", "202603050", "        ", "2026030A"])
    func noSuchDay(text: String) {
        #expect(LocalDate(sap: text) == nil)
    }

    @Test("the week begins with Sunday as 0")
    func weekday() {
        #expect(LocalDate(parsing: "2009-02-13")?.weekday == 5)
        #expect(LocalDate(parsing: "1969-12-28")?.weekday == 0)
        #expect(LocalDate(parsing: "2009-02-13")?.dayOfYear == 44)
        #expect(LocalDate(parsing: "9999-12-31")?.adding(days: 1) == nil)
    }

    @Test("times of day are read as people and as SAP write them")
    func times() {
        #expect(TimeOfDay(sap: "134512")?.description == "13:45:12")
        #expect(TimeOfDay(parsing: "13:45:12")?.sapText == "134512")
        #expect(TimeOfDay(sap: "240000")?.secondsSinceMidnight == 86_400)
        #expect(TimeOfDay(sap: "240001") == nil)
        #expect(TimeOfDay(sap: "126000") == nil)
    }

    @Test("stamps compare as SAP writes them")
    func stamps() throws {
        let stamp = try #require(LocalDateTime(sapDate: "20261025", time: "023000"))
        #expect(stamp.description == "2026-10-25 02:30:00")
        #expect(stamp.sapText == "20261025023000")
        #expect(LocalDateTime(sap: stamp.sapText) == stamp)
        #expect(try stamp < #require(stamp.adding(seconds: 1)))
        #expect(stamp.adding(seconds: -9_000)?.sapText == "20261025000000")
        #expect(stamp.adding(seconds: -9_001)?.sapText == "20261024235959")
        #expect(stamp.instant(offsetSeconds: 7_200)?.description == "2026-10-25T00:30:00Z")
        #expect(LocalDateTime(sap: "00000000000000") == nil)
    }

    @Test(
        "instants are read with fraction and offset and written in UTC",
        arguments: [
            ("2026-03-05T06:00:00Z", "2026-03-05T06:00:00Z"),
            ("2026-03-05T06:00:00.250+01:00", "2026-03-05T05:00:00.25Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
            ("1969-12-31T23:59:59.000000001-00:30", "1970-01-01T00:29:59.000000001Z"),
        ])
    func instants(text: String, expected: String) {
        #expect(Timestamp(parsing: text)?.description == expected)
    }

    @Test(
        "what is no instant is refused",
        arguments: [
            "2023-07-01", "2023-07-01T00:00:00", "2023-07-01t00:00:00Z", "2023-02-29T00:00:00Z",
            "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2023-07-01T24:00:00Z", "2023-07-01T00:00:60Z",
            "2023-07-01T00:00:00.Z", "2023-07-01T00:00:00.1234567890Z", "2023-07-01T00:00:00+0100",
            "0001-01-01T00:00:00+00:01", "",
        ])
    func noInstant(text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    @Test("durations move instants across seconds and stop at the ends")
    func durations() throws {
        let instant = try #require(Timestamp(seconds: -1, nanoseconds: 999_999_999))
        let later = try #require(instant.adding(.nanoseconds(1)))
        #expect(later.seconds == 0 && later.nanoseconds == 0)
        #expect(later.duration(since: instant) == .nanoseconds(1))
        #expect(later.adding(.nanoseconds(-1)) == instant)
        #expect(Timestamp.last.adding(.nanoseconds(1)) == nil)
        #expect(Timestamp.first.adding(.nanoseconds(-1)) == nil)
        #expect(Timestamp.first.adding(.seconds(Int64.min)) == nil)
    }
}
