import Cryptography
import Testing

@testable import RelayCore

@Suite("The place of a batch in its lineage (facts/channel.md 2.1)")
struct SequenceRuleTests {
    enum Expected { case next, again, fork, gap }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sequence: UInt64
        var before: String?
        var samePlace: String?
        var head: (UInt64, String)?
        var parentHeld = false
        var anythingHeld = false
        let expected: Expected
    }

    static let cases: [Case] = [
        Case(
            testDescription: "held, same digest", sequence: 2, before: "1", samePlace: "mine", head: (5, "5"),
            expected: .again),
        Case(
            testDescription: "held, other digest", sequence: 2, before: "1", samePlace: "other",
            head: (5, "5"), expected: .fork),
        Case(
            testDescription: "not held but at the head", sequence: 5, before: "4", head: (5, "5"),
            expected: .fork),
        Case(
            testDescription: "next, names the head", sequence: 6, before: "5", head: (5, "5"), expected: .next
        ),
        Case(
            testDescription: "next, names another", sequence: 6, before: "x", head: (5, "5"), expected: .fork),
        Case(testDescription: "next, names nothing", sequence: 6, head: (5, "5"), expected: .fork),
        Case(testDescription: "beyond the next", sequence: 7, before: "6", head: (5, "5"), expected: .gap),
        Case(
            testDescription: "unknown lineage in its middle", sequence: 2, before: "1", anythingHeld: true,
            expected: .gap),
        Case(
            testDescription: "new lineage, parent held", sequence: 1, before: "p", parentHeld: true,
            anythingHeld: true, expected: .next),
        Case(testDescription: "the very first", sequence: 1, expected: .next),
        Case(
            testDescription: "new lineage without a parent", sequence: 1, anythingHeld: true, expected: .fork),
        Case(
            testDescription: "new lineage, parent not held", sequence: 1, before: "p", anythingHeld: true,
            expected: .gap),
        Case(testDescription: "parent not held, nothing held", sequence: 1, before: "p", expected: .gap),
    ]

    @Test("The first line that fits decides", arguments: cases)
    func table(_ entry: Case) {
        func digest(_ text: String?) -> Digest32? { text.map { SHA256.hash($0) } }
        let held = SequenceRule.Held(
            samePlace: digest(entry.samePlace), head: entry.head.map { ($0.0, SHA256.hash($0.1)) },
            isParentHeld: entry.parentHeld, isAnythingHeld: entry.anythingHeld)
        let verdict = SequenceRule.verdict(
            sequence: entry.sequence, digest: SHA256.hash("mine"), before: digest(entry.before), held: held)
        switch verdict {
        case .next: #expect(entry.expected == .next)
        case .again: #expect(entry.expected == .again)
        case .fork: #expect(entry.expected == .fork)
        case .gap: #expect(entry.expected == .gap)
        }
    }
}
