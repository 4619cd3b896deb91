import ConnectorProtocol
import Cryptography
import Foundation
import HTTPTransport
import RelayCore
import TestSupport
import Testing
import Values

@Suite("Lineages, coverage and lost commits")
struct LineageTests {
    @Test(
        "Out of order, forked, and begun again without a parent: each is refused with the head to go on from")
    func order() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let lineage = Lineage.drawn()
            let one = try agent.seal(lineage, 1)
            let two = try agent.seal(lineage, 2, after: one)
            let three = try agent.seal(lineage, 3, after: two)
            let early = try TestAgent.problem(await agent.push(two))
            #expect(early.type == .gap)
            _ = try await agent.accepted(one)
            #expect(try TestAgent.problem(await agent.push(three)).type == .gap)
            let fork = try TestAgent.problem(await agent.push(agent.seal(lineage, 1)))
            #expect(fork.type == .fork)
            #expect(fork.standing?.laneHeads.first?.digest == one.digest)
            let other = try agent.seal(lineage, 2, after: agent.seal(lineage, 1))
            #expect(try TestAgent.problem(await agent.push(other)).type == .fork)
            _ = try await agent.accepted(two)
            // A spool that was lost: it must name what is held, and may name any of it.
            let fresh = Lineage.drawn()
            #expect(try TestAgent.problem(await agent.push(agent.seal(fresh, 1))).type == .fork)
            let nowhere = SHA256.hash("nowhere")
            #expect(
                try TestAgent.problem(await agent.push(agent.seal(fresh, 1, parent: nowhere))).type == .gap)
            _ = try await agent.accepted(agent.seal(fresh, 1, parent: one.digest))
            #expect(
                try await relay.count(
                    "SELECT count(*) FROM event WHERE tenant = ?1 AND type = 'connector.lineage_changed'")
                    == 1)
            // The other lane is another sequence.
            _ = try await agent.accepted(agent.seal(lineage, 1, lane: .bulk))
            #expect(try await relay.count("SELECT count(*) FROM batch WHERE tenant = ?1") == 4)
        }
    }

    @Test("Two machines of one key that move the head in turn do not chase each other")
    func twoMachines() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let (left, right) = (Lineage.drawn(), Lineage.drawn())
            var a = try agent.seal(left, 1)
            _ = try await agent.accepted(a)
            var b = try agent.seal(right, 1, parent: a.digest)
            for sequence in UInt64(2)...4 {
                let next = try agent.seal(left, sequence, after: a)
                _ = try await agent.accepted(next)
                a = next
                _ = try await agent.accepted(b)
                b = try agent.seal(right, sequence, after: b)
            }
        }
    }

    @Test("A claim moves coverage only where it joins on; what does not join is told (H13)")
    func coverage() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let lineage = Lineage.drawn()
            var last: SealedBatch?
            func push(_ claims: [CoverageClaim]) async throws -> [String] {
                let batch = try agent.seal(
                    lineage, (last?.manifest.sequence ?? 0) + 1, after: last, claims: claims)
                last = batch
                return try await agent.accepted(batch).standing.coverage.map {
                    "\($0.tier) \($0.coveredUntil.time.sapText)"
                }
            }
            #expect(
                try await push([
                    TestAgent.claim("000000", "100000", baseline: true),
                    TestAgent.claim("000000", "100000", tier: 2, baseline: true),
                ]) == ["1 100000", "2 100000"])
            #expect(try await push([TestAgent.claim("094500", "100100")]) == ["1 100100", "2 100000"])
            // A hole: 10:01 to 10:30 was never delivered.
            #expect(try await push([TestAgent.claim("103000", "104000")]) == ["1 100100", "2 100000"])
            // Never backwards, and joined again.
            #expect(try await push([TestAgent.claim("090000", "093000")]) == ["1 100100", "2 100000"])
            #expect(try await push([TestAgent.claim("100000", "104000")]) == ["1 104000", "2 100000"])
            #expect(
                try await relay.count(
                    "SELECT count(*) FROM event WHERE tenant = ?1 AND type = 'connector.coverage_gap'") == 1)
            #expect(
                try await relay.count(
                    "SELECT count(*) FROM audit_entry WHERE tenant = ?1 AND action = 'connector.coverage_gap'"
                )
                    == 1)
        }
    }

    /// How the batch that was lost comes back.
    enum Return: CaseIterable {
        case asItWas, sealedAgain
        /// A copy of the spool has put another batch in its place meanwhile.
        case behindAnother
    }

    @Test(
        "A relay set back behind its own word finds out, pauses, draws another life, and takes the batch again (H12)",
        arguments: Return.allCases
    )
    func lostCommits(_ way: Return) async throws {
        let folder = try TemporaryFolder()
        let copy = try TemporaryFolder()
        let lineage = Lineage.drawn()
        let files = ["relay.db", "relay.db-wal", "relay.db-shm"]
        func move(from: TemporaryFolder, to: TemporaryFolder) throws {
            for name in files {
                try? FileManager.default.removeItem(atPath: to.file(name))
                if FileManager.default.fileExists(atPath: from.file(name)) {
                    try FileManager.default.copyItem(atPath: from.file(name), toPath: to.file(name))
                }
            }
        }
        let kept = TestRelay.Mutable<(TestAgent, SealedBatch)?>(nil)
        try await TestRelay.run(in: folder) { relay in
            let agent = try await TestAgent.paired(relay)
            let one = try agent.seal(lineage, 1)
            _ = try await agent.accepted(one)
            kept.set((agent, one))
        }
        try move(from: folder, to: copy)
        let (before, one) = try #require(kept.now)
        let answers = TestRelay.Mutable<(SealedBatch, BatchAnswer)?>(nil)
        try await TestRelay.run(in: folder) { relay in
            let agent = before.at(relay)
            let two = try agent.seal(lineage, 2, after: one)
            answers.set((two, try await agent.accepted(two)))
        }
        try move(from: copy, to: folder)
        let (two, answer) = try #require(answers.now)
        try await TestRelay.run(in: folder) { relay in
            let agent = before.at(relay)
            let three = try agent.seal(lineage, 3, after: two)
            let gap = try TestAgent.problem(await agent.push(three, lineages: [lineage]))
            #expect(gap.type == .gap)
            let head = gap.standing?.heads.first { $0.lineage == lineage && $0.lane == .live }
            #expect(head?.sequence == 1)
            #expect(gap.standing?.incarnation == answer.standing.incarnation)
            // The agent sends what it keeps, each with the acknowledgement that it had got.
            let shown = answer.acknowledgement.bytes
            switch way {
            case .asItWas: break
            case .sealedAgain:
                let resealed = try agent.seal(Lineage.drawn(), 1, parent: one.digest)
                #expect(try await agent.push(resealed, acknowledgement: shown).status == 200)
            case .behindAnother:
                _ = try await agent.accepted(agent.seal(lineage, 2, after: one))
                let fork = try TestAgent.problem(await agent.push(two, acknowledgement: shown))
                #expect(fork.type == .fork)
            }
            if way != .asItWas {
                let paused = try await relay.count("SELECT paused + recovering FROM tenant WHERE tenant = ?1")
                #expect(paused == 2)
                return
            }
            let again = try await agent.push(two, acknowledgement: shown)
            try #require(again.status == 200)
            let standing = try BatchAnswer(bytes: again.body).standing
            #expect(standing.incarnation != answer.standing.incarnation)
            #expect(
                try await relay.count("SELECT paused + recovering FROM tenant WHERE tenant = ?1") == 2)
            #expect(
                try await relay.count(
                    "SELECT count(*) FROM event WHERE tenant = ?1 AND type = 'connector.commits_lost'") == 1)
            _ = try await agent.accepted(three)
            // Shown once more, nothing more happens: it is held now.
            let third = try BatchAnswer(bytes: await agent.push(two, acknowledgement: shown).body)
            #expect(third.standing.incarnation == standing.incarnation)
        }
    }
}
