import AgentCore
import Testing
import Values

@Suite("Windows, promises and set-back clocks of one stream")
struct StreamClockTests {
    private static func at(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(sap: text)) }

    @Test("The first run stands at T0 and reads seven days as baseline (H9)")
    func firstRun() throws {
        let now = try Self.at("20261125093000")
        let weekBefore = try Self.at("20261118093000")
        let clock = StreamClock.first(at: now, isDateOnly: false)
        #expect(clock.cursors.values.allSatisfy { $0 == now })
        let window = StreamClock.baselineWindow(at: now, isDateOnly: false)
        #expect(window.from == weekBefore)
        #expect(window.through == now)
    }

    @Test(
        "Each tier reads from its own cursor less its depth, in slices that join",
        arguments: [
            (Tier.recent, "20261125091500"), (.hourly, "20261124073000"), (.nightly, "20261118093000"),
        ])
    func depths(tier: Tier, from: String) throws {
        var clock = StreamClock.first(at: try Self.at("20261125093000"), isDateOnly: false)
        let now = try Self.at("20261125100000")
        let start = try Self.at(from)
        clock.observe(now)
        let slices = clock.window(of: tier, at: now)
        #expect(slices.first?.from == start)
        #expect(slices.last?.through == now)
        #expect(slices.last?.readTo == now)
        for (one, next) in zip(slices, slices.dropFirst()) {
            let second = one.through.moved(by: 1)
            #expect(next.from == second)
        }
    }

    @Test("After eight days away every tier reads what was stamped before the last poll (H7)")
    func outageLongerThanATier() throws {
        var clock = StreamClock.first(at: try Self.at("20261101140000"), isDateOnly: false)
        let now = try Self.at("20261109140000")
        clock.observe(now)
        let stamp = try Self.at("20261101135500")
        for tier in Tier.allCases {
            let slices = clock.window(of: tier, at: now)
            #expect(slices.contains { $0.from <= stamp && stamp <= $0.through })
        }
    }

    @Test("The promise ends 15 minutes before T0, and a row behind it is punctual (H8)")
    func promise() throws {
        var clock = StreamClock.first(at: try Self.at("20261125120000"), isDateOnly: false)
        let now = try Self.at("20261125120100")
        let promised = try Self.at("20261125114600")
        clock.observe(now)
        for slice in clock.window(of: .recent, at: now) { clock.complete(slice, of: .recent) }
        #expect(clock.promise == promised)
        #expect(clock.isLate(promised))
        let second = promised.moved(by: 1)
        #expect(!clock.isLate(second))
    }

    @Test(
        "A stream of dates promises no day before 26 hours are over (H8)",
        arguments: [("20261126020000", "20261123235959"), ("20261126020001", "20261124235959")])
    func dateOnlyPromise(readTo: String, expected: String) throws {
        let clock = StreamClock.first(at: try Self.at("20261125120000"), isDateOnly: true)
        let promised = clock.promiseAfterRun(at: try Self.at(readTo))
        let wanted = try Self.at(expected)
        #expect(promised == wanted)
    }

    @Test(
        "A poll of dates reads today's keys, and yesterday's until 02:00",
        arguments: [
            ("20261125015959", "20261124000000"), ("20261125020000", "20261124000000"),
            ("20261125020001", "20261125000000"), ("20261125180000", "20261125000000"),
        ])
    func dateOnlyPoll(now: String, from: String) throws {
        let t0 = try Self.at(now)
        let wanted = try Self.at(from)
        var clock = StreamClock.first(at: t0, isDateOnly: true)
        clock.observe(t0)
        let slices = clock.window(of: .recent, at: t0)
        #expect(slices.first?.from == wanted)
        let end = t0.endOfDay
        #expect(slices.last?.through == end)
    }

    @Test("In the autumn night the cursor goes back, and the overlap is four hours until T0 has moved four")
    func autumnNight() throws {
        let before = try Self.at("20261025025900")
        let fallen = try Self.at("20261025020000")
        var clock = StreamClock.first(at: before, isDateOnly: false)
        for slice in clock.window(of: .recent, at: before) { clock.complete(slice, of: .recent) }
        clock.observe(fallen)
        #expect(clock.cursors[.recent] == fallen)
        #expect(clock.depth(of: .recent) == 4 * 3_600)
        let punctual = try Self.at("20261025023000")
        #expect(!clock.isLate(punctual))
        #expect(clock.window(of: .recent, at: fallen).last?.through == before)
        clock.observe(try Self.at("20261025055959"))
        #expect(clock.setBack != nil)
        clock.observe(try Self.at("20261025060000"))
        #expect(clock.setBack == nil)
    }

    @Test("A clock that ran far ahead and came back leaves no tier waiting, nor a window that long")
    func clockRanAhead() throws {
        let ahead = try Self.at("20271125100000")
        let back = try Self.at("20261125100000")
        var clock = StreamClock.first(at: ahead, isDateOnly: false)
        clock.observe(back)
        for tier in Tier.allCases {
            #expect(clock.isDue(tier, at: back))
            for slice in clock.window(of: tier, at: back) { clock.complete(slice, of: tier) }
        }
        #expect(clock.cursors.values.allSatisfy { $0 == back })
        #expect(clock.window(of: .recent, at: back).count <= 2)
    }

    @Test("A taken-over stream starts each tier where the relay's coverage of that tier ends (H10)")
    func takeOver() throws {
        let recent = try Self.at("20261125090000")
        let hourly = try Self.at("20261125081000")
        let clock = try #require(
            StreamClock.takenOver(covered: [.recent: recent, .hourly: hourly], isDateOnly: false))
        #expect(clock.cursors == [.recent: recent, .hourly: hourly, .nightly: hourly])
        #expect(StreamClock.takenOver(covered: [:], isDateOnly: false) == nil)
    }
}
