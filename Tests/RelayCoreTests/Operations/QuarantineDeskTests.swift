import ConnectorProtocol
import SQLStore
import Testing

@testable import RelayCore

@Suite("What a person says about events in quarantine")
struct QuarantineDeskTests {
    private static func filled() async throws -> (ProcessFixture, QuarantineDesk) {
        let fixture = try await ProcessFixture()
        try await fixture.receive(bytes: [[1, 2, 3], [4, 5], try Sample.order().bytes])
        try await fixture.settle()
        let clock = RelayClock(now: { fixture.now }, monotonic: { .zero })
        return (fixture, QuarantineDesk(scope: fixture.scope, clock: clock))
    }

    private static func place(_ text: String) throws -> QuarantineDesk.Place {
        try #require(QuarantineDesk.Place(text))
    }

    private static func states(_ fixture: ProcessFixture) async throws -> [String] {
        try await fixture.texts("SELECT state FROM quarantine WHERE tenant = ?1 ORDER BY batch, position")
    }

    @Test("What is tried again and still cannot be read is open again, with one try more")
    func retry() async throws {
        let (fixture, desk) = try await Self.filled()
        #expect(try await desk.retry([Self.place("1/1")], by: "anna") == 1)
        #expect(try await Self.states(fixture) == ["open", "retry"])
        try await fixture.settle()
        #expect(try await Self.states(fixture) == ["open", "open"])
        #expect(try await fixture.count("quarantine", where: "tries = 2 AND position = 1") == 1)
        #expect(try await desk.retry(nil, by: "anna") == 2)
        #expect(
            try await fixture.count(
                "audit_entry", where: "action = 'event.retry_asked' AND actor = 'anna' AND subject = '1/1'")
                == 2)
    }

    @Test("What is given up is not listed or tried again, and its bytes stay")
    func drop() async throws {
        let (fixture, desk) = try await Self.filled()
        #expect(try await desk.drop([Self.place("1/0")], reason: "test data", by: "anna") == 1)
        #expect(try await Self.states(fixture) == ["dropped", "open"])
        #expect(try await Journal(scope: fixture.scope).quarantine(limit: 10).map(\.position) == [1])
        #expect(try await desk.retry(nil, by: "anna") == 1)
        #expect(try await fixture.count("leaf", where: "position = 0 AND bytes IS NOT NULL") == 1)
        let details = try await fixture.texts(
            "SELECT detail FROM audit_entry WHERE tenant = ?1 AND action = 'event.dropped'")
        #expect(details == [#"{"reason":"test data"}"#])
    }

    @Test("One place that holds nothing refuses all of them", arguments: ["1/2", "2/0", "1/-1"])
    func unknown(_ text: String) async throws {
        let (fixture, desk) = try await Self.filled()
        await #expect(throws: QuarantineError.notOpen(text)) {
            try await desk.drop([Self.place("1/0"), Self.place(text)], reason: "", by: "anna")
        }
        #expect(try await Self.states(fixture) == ["open", "open"])
    }

    @Test(
        "A place is a batch and a position",
        arguments: ["", "1", "1/", "/1", "1/2/3", "a/1", "1/99999999999999999999"])
    func malformed(_ text: String) { #expect(QuarantineDesk.Place(text) == nil) }
}
