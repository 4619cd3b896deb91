import Testing

@testable import RelayCore

@Suite("What the relay has to tell about agents")
struct ConnectorAlarmTests {
    @Test(
        "An alarm is journaled once for what it says, and told to process, however long its texts are",
        arguments: ["vendor_invoice", String(repeating: "e\u{301}\u{302}", count: 200)])
    func raised(stream: String) async throws {
        let fixture = try await ProcessFixture()
        let now = fixture.now
        try await fixture.scope.write { statements in
            for _ in 0..<2 {
                try ConnectorAlarm.coverageGap.raise(
                    statements, subject: stream, detail: ["agent": "agent-a", "stream": stream], now: now)
            }
        }
        try await fixture.settle()
        #expect(
            try await fixture.texts("SELECT type FROM event WHERE tenant = ?1") == ["connector.coverage_gap"])
        #expect(try await fixture.count("decision", where: "outcome = 'none'") == 1)
        #expect(try await fixture.count("audit_entry", where: "action = 'connector.coverage_gap'") == 2)
    }
}
