import Testing

@testable import RelayCore

@Suite("What a sync's token and process say (facts/channel.md 2.4)")
struct SyncRuleTests {
    private static func at(_ second: Int64) -> Moment { Moment(milliseconds: second * 1_000) }

    private static let known = SyncRule.Known(
        token: [2], requestID: [20], process: [1], processBefore: [0], newestCreated: at(100))

    private static func verdict(
        token: [UInt8], request: [UInt8] = [30], process: [UInt8] = [1], at second: Int64 = 110,
        known: SyncRule.Known = known,
    ) -> SyncRule.Verdict {
        SyncRule.verdict(
            token: token, requestID: request, process: process, created: at(second), known: known)
    }

    @Test("The last token, the first of a key, and the last request again are believed")
    func believed() {
        #expect(Self.verdict(token: [2]) == .current)
        #expect(Self.verdict(token: [], known: .init()) == .current)
        #expect(Self.verdict(token: [1], request: [20]) == .again)
        #expect(Self.verdict(token: [2], process: [7]) == .current, "a restart keeps its spool's token")
    }

    @Test("An older token, or a process that speaks again after its successor, is a machine too many")
    func clones() {
        #expect(Self.verdict(token: [1]) == .olderToken)
        #expect(Self.verdict(token: []) == .olderToken)
        #expect(Self.verdict(token: [1], process: [7]) == .olderToken)
        #expect(Self.verdict(token: [2], process: [0]) == .olderProcess)
    }

    @Test("A request that was under way for long raises no alarm (H17: L/2 arrives late)")
    func late() {
        #expect(Self.verdict(token: [1], at: 90) == .late)
        #expect(Self.verdict(token: [1], process: [0], at: 90) == .late)
    }
}
