import AgentCore
import Testing
import Values

@Suite("Reach rule")
struct ReachRuleTests {
    private static func at(_ second: Int64) throws -> LocalDateTime {
        try #require(LocalDateTime(secondsSinceEpoch: second))
    }

    @Test(
        "No cursor stands beyond coverage extended by claims that join on to it (H13)",
        arguments: [
            (Int64(0), [[Int64(1), 2]], Int64(0)),
            (1, [[1, 2]], 2),
            (0, [[0, 1], [1, 2], [5, 9]], 2),
            (9, [[1, 2]], 5),
        ])
    func joined(covered: Int64, claims: [[Int64]], expected: Int64) throws {
        let list = try claims.map {
            Claim(stream: "s", tier: .recent, from: try Self.at($0[0]), readTo: try Self.at($0[1]))
        }
        let cursor = ReachRule.cursor(
            try Self.at(5), covered: try Self.at(covered), unacknowledged: list, origin: try Self.at(0))
        let wanted = try Self.at(expected)
        #expect(cursor == wanted)
    }

    @Test("Where nobody covers anything any more, reading begins where telling began")
    func nobodyCovers() throws {
        let origin = try Self.at(10)
        let cursor = ReachRule.cursor(try Self.at(50), covered: nil, unacknowledged: [], origin: origin)
        #expect(cursor == origin)
    }
}
