import AgentCore
import ConnectorProtocol
import Cryptography
import Testing

@Suite("What an agent does on any answer")
struct AnswerRulesTests {
    private typealias Standing = AnswerRules.LaneStanding

    private static func standing(
        head: UInt64, acknowledged: UInt64 = 3, sealed: UInt64 = 4, isOpen: Bool = true,
        own: String? = nil, heard: String? = nil, kept: Bool = true,
    ) throws -> AnswerRules.LaneStanding {
        AnswerRules.LaneStanding(
            lineage: try #require(Lineage([UInt8](repeating: 7, count: 16))), lane: .live, isOpen: isOpen,
            acknowledgedWhenAsked: acknowledged, sealed: sealed, head: head,
            headDigest: heard.map { SHA256.hash($0) }, ownDigest: own.map { SHA256.hash($0) },
            isEverythingLostKept: kept)
    }

    @Test("A 200 moves the batch to kept and draws nothing")
    func acknowledged() throws {
        let decision = AnswerRules.decide([try Self.standing(head: 4)], .acknowledged)
        #expect(decision == AnswerRules.Decision(acknowledged: true))
    }

    @Test("A head below what was acknowledged sends kept batches back, gap or not (H12)")
    func lostAndKept() throws {
        let lost = try Self.standing(head: 1)
        for verdict in [AnswerRules.Verdict.gap, .fork, .neutral] {
            #expect(AnswerRules.decide([lost], verdict) == AnswerRules.Decision(lost: [lost]))
        }
    }

    @Test("What was lost and is no longer kept opens a new lineage (H14)")
    func lostAndGone() throws {
        let lost = try Self.standing(head: 1, kept: false)
        let decision = AnswerRules.decide([lost], .gap)
        #expect(decision.newLineage == .lostNotKept)
        #expect(decision.lost == [lost])
    }

    @Test("A head beyond what was sealed says that this spool is a copy (H3)")
    func setBack() throws {
        let decision = AnswerRules.decide([try Self.standing(head: 9)], .neutral)
        #expect(decision.newLineage == .setBack)
        #expect(decision.joinsLists)
    }

    @Test("Another digest at the same sequence says the same (H3)")
    func otherDigest() throws {
        let decision = AnswerRules.decide([try Self.standing(head: 4, own: "mine", heard: "theirs")], .fork)
        #expect(decision.newLineage == .setBack)
    }

    @Test("An old lineage that another copy carried on draws nothing again and again")
    func oldLineageAhead() throws {
        let decision = AnswerRules.decide([try Self.standing(head: 9, isOpen: false)], .neutral)
        #expect(decision == AnswerRules.Decision())
    }

    @Test(
        "Fork and gap without another cause open a new lineage (H12)",
        arguments: [(AnswerRules.Verdict.fork, AnswerRules.Reason.fork), (.gap, .gap)])
    func forkOrGap(verdict: AnswerRules.Verdict, reason: AnswerRules.Reason) throws {
        let decision = AnswerRules.decide([try Self.standing(head: 3)], verdict)
        #expect(decision.newLineage == reason)
        #expect(decision.lost.isEmpty)
    }
}
