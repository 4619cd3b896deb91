import AgentCore
import Testing

@Suite("When a feed has its next turn")
struct FeedScheduleTests {
    private static let down = FeedHealth.failed(errorClass: "unavailable", sentence: "SAP is away.")

    @Test("Failures back off from a second to two minutes, and the first good poll ends that")
    func backOff() {
        var schedule = FeedSchedule(interval: .seconds(60))
        let waits = (0..<9).map { _ in schedule.take(Self.down, jitter: 1).wait.components.seconds }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 120, 120])
        #expect(schedule.take(.polled, jitter: 1).wait == .seconds(60))
        #expect(schedule.take(Self.down, jitter: 0).wait == .milliseconds(500))
    }

    @Test("A state that stays is one line, each other state another")
    func lines() {
        var schedule = FeedSchedule(interval: .seconds(60))
        let turns: [FeedHealth] = [
            .stopped(.noLease), .stopped(.noLease), .polled, .polled, Self.down, Self.down,
            .failed(errorClass: "unavailable", sentence: "SAP is away in another way."),
            .failed(errorClass: "permanent", sentence: "No table CDHDR."),
            .failed(errorClass: "permanent", sentence: "No table EKKO."), .polled, .stopped(.spoolFull),
        ]
        let lines = turns.map { schedule.take($0, jitter: 0).isChange }
        #expect(lines == [true, false, true, false, true, false, false, true, true, true, true])
    }

    @Test(
        "What only the spool is asked about is looked at soon, what costs SAP a call is not",
        arguments: [
            (FeedStop.noLease, Duration.milliseconds(500)), (.coverageUnknown, .milliseconds(500)),
            (.spoolFull, .seconds(5)), (.gateClosed, .seconds(5)), (.notProduction, .seconds(60)),
            (.systemChanged, .seconds(60)),
        ])
    func stops(stop: FeedStop, wait: Duration) {
        var schedule = FeedSchedule(interval: .seconds(60))
        #expect(schedule.take(.stopped(stop), jitter: 0).wait == wait)
    }
}
