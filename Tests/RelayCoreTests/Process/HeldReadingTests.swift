import TestSupport
import Testing

@testable import RelayCore

@Suite("Readings of a state become transitions that the relay numbers")
struct HeldReadingTests {
    private static func moment(_ second: Int64) -> Moment { Moment(milliseconds: second * 1_000) }

    private static func arrival(
        _ state: String, _ begun: Int64, lineage: UInt8 = 1, sequence: Int64 = 1, holder: Bool = true,
        beforeStart: Bool = false,
    ) -> HeldReading.Arrival {
        HeldReading.Arrival(
            state: state, begun: moment(begun), ended: moment(begun + 10), received: moment(1_000_000),
            place: HeldReading.Place(
                lineage: Array(repeating: lineage, count: 16), lane: "live", sequence: sequence, position: 0),
            isFromHolder: holder, isBeforeStart: beforeStart)
    }

    private static func run(_ arrivals: [HeldReading.Arrival]) -> [HeldReading.Judgement] {
        var held: HeldReading?
        return arrivals.map { arrival in
            let judgement = HeldReading.judge(arrival, held: held)
            held = judgement.held ?? held
            return judgement
        }
    }

    @Test("Blocked, released, blocked again are three transitions (H1)")
    func repeats() {
        let judged = Self.run([
            Self.arrival("blocked", 0, sequence: 1), Self.arrival("free", 20, sequence: 2),
            Self.arrival("blocked", 40, sequence: 3),
        ])
        #expect(judged.map(\.verdict) == [.transition(1), .transition(2), .transition(3)])
    }

    @Test("What lay before the stream's start is known and not told")
    func baseline() {
        let judged = Self.run([
            Self.arrival("free", 0, beforeStart: true),
            Self.arrival("blocked", 20, sequence: 2, beforeStart: true),
        ])
        #expect(judged.map(\.verdict) == [.baseline, .transition(1)])
    }

    @Test("An older or overlapping reading that differs is set aside, and the holder is asked (H2)")
    func superseded() {
        let judged = Self.run([
            Self.arrival("B", 100, lineage: 1), Self.arrival("A", 95, lineage: 2, holder: false),
            Self.arrival("B", 96, lineage: 2, holder: false),
        ])
        #expect(judged.map(\.verdict) == [.transition(1), .superseded, .alsoSeen])
        #expect(judged.map(\.asksHolder) == [false, true, false])
    }

    @Test("A later sequence of one lineage is newer whatever its clock says")
    func order() {
        let judged = Self.run([Self.arrival("A", 100, sequence: 1), Self.arrival("B", 10, sequence: 2)])
        #expect(judged.map(\.verdict) == [.transition(1), .transition(2)])
    }

    @Test("A newer state from another than the lease holder is told, and the holder is asked")
    func foreign() {
        let judged = Self.run([
            Self.arrival("A", 0), Self.arrival("A", 50, lineage: 2, holder: false),
            Self.arrival("B", 100, lineage: 2, sequence: 2, holder: false),
        ])
        #expect(judged.map(\.verdict) == [.transition(1), .alreadyKnown, .transition(2)])
        #expect(judged.map(\.asksHolder) == [false, false, true])
    }

    @Test("Nobody reads in the future: the end is cut at the receipt")
    func future() {
        let place = HeldReading.Place(lineage: [], lane: "live", sequence: 1, position: 0)
        let arrival = HeldReading.Arrival(
            state: "A", begun: Self.moment(90), ended: Self.moment(500), received: Self.moment(100),
            place: place,
            isFromHolder: true, isBeforeStart: false)
        #expect(arrival.ended == Self.moment(100))
    }
}
