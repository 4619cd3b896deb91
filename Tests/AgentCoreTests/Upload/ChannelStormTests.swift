import AgentCore
import ConnectorProtocol
import Cryptography
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

/// Seeded random days: rows commit late, requests and answers are lost, the disk fills, clocks jump, and up to two
/// great faults strike.
///
/// A failing seed is replayed by its number alone.
@Suite("Random days of the channel")
struct ChannelStormTests {
    private enum GreatFault: CaseIterable {
        case spoolLost, spoolSetBack, relayRestored, relayCopiedBack, keptExceeded
    }

    /// One day in the making.
    private struct Day {
        let world: AgentWorld
        var random: SeededRandom
        var agent: Agent
        var file = "spool.db"
        var files = 0
        var copy: String?
        var snapshot: RelayModel.Stored
        var greatFaults = 2
        var hostError: Int64 = 0
        var wasAutumn = false
        var committed: [String] = []
        var story: [String] = []

        init(seed: UInt64) async throws {
            world = try AgentWorld()
            random = SeededRandom(seed: seed)
            agent = try await world.agent()
            try await agent.round()
            snapshot = world.relay.snapshot()
            world.advance(60)
        }

        /// One step, which a full disk may stop at any of its writes.
        mutating func step() async throws {
            if Int.random(in: 0..<8, using: &random) == 0 {
                world.room.leave(Int.random(in: 0..<4, using: &random))
            }
            do { try await goOn() } catch SQLError.full { story.append("full") }
            world.room.leave(nil)
        }

        private mutating func goOn() async throws {
            switch Int.random(in: 0..<19, using: &random) {
            case 0...2:
                let key = "\(committed.count + 1)"
                let late: Int64 = [5, 60, 600, 7_200, 90_000].randomElement(using: &random) ?? 5
                if Bool.random(using: &random) { world.sap.content.withLock { _ = $0.parked.insert(key) } }
                if Int.random(in: 0..<4, using: &random) == 0 {
                    world.sap.content.withLock { _ = $0.unreadable.insert(key) }
                }
                world.sap.commit(key, before: late)
                committed.append(key)
                story.append("commit \(key) -\(late)")
            case 3...4:
                story.append("poll")
                try await agent.poll()
            case 5...7:
                story.append("upload")
                if Int.random(in: 0..<3, using: &random) == 0 {
                    let faults: [RelayModel.Fault] = [.dropAnswer, .dropRequest, .delay]
                    world.relay.fail(faults.randomElement(using: &random) ?? .delay)
                }
                _ = try await agent.uploader.turn(.live)
            case 8...9:
                story.append("sync")
                if Int.random(in: 0..<4, using: &random) == 0 { world.relay.fail(.dropAnswer) }
                _ = try await agent.sync.turn()
            case 10...11:
                let seconds: Int64 = [30, 600, 4_000, 40_000, 200_000].randomElement(using: &random) ?? 30
                story.append("advance \(seconds)")
                world.advance(seconds)
            case 12:
                story.append("release, a batch under way arrives")
                world.relay.arrive()
                world.sap.content.withLock { content in
                    content.parked = []
                    content.unreadable = []
                }
            case 13:
                story.append("relay snapshot, spool copy")
                snapshot = world.relay.snapshot()
                files += 1
                copy = "copy\(files).db"
                try await world.copySpool(file, to: "copy\(files).db")
            case 14:
                story.append("restart")
                agent = try await world.agent(file)
            case 15:
                hostError =
                    hostError == 0 ? (Bool.random(using: &random) ? 1 : -1) * 90_000_000_000 : -hostError
                story.append("host clock \(hostError)")
                world.hostTime.withLock { $0 += hostError }
            case 16:
                world.sap.content.withLock { $0.showsStirred.toggle() }
            case 17 where !wasAutumn:
                wasAutumn = true
                story.append("autumn")
                world.sap.advance(-3_600)
            default: try await strike()
            }
        }

        private mutating func strike() async throws {
            guard greatFaults > 0, let fault = GreatFault.allCases.randomElement(using: &random) else {
                return
            }
            greatFaults -= 1
            story.append("\(fault)")
            switch fault {
            case .spoolLost:
                files += 1
                file = "new\(files).db"
                agent = try await world.agent(file)
            case .spoolSetBack:
                guard let copy else { return }
                file = copy
                self.copy = nil
                agent = try await world.agent(file)
            case .relayRestored: world.relay.restore(snapshot, incarnation: UInt8(50 + greatFaults))
            case .relayCopiedBack: world.relay.restore(snapshot)
            case .keptExceeded:
                world.advance(15 * 86_400)
                _ = try await agent.sync.turn()
                _ = try await agent.spool.prune()
            }
        }

        /// Faults stop, everything becomes readable, and everything must come to rest.
        mutating func rest() async throws {
            world.relay.state.withLock { $0.faults = [] }
            world.sap.content.withLock { content in
                content.parked = []
                content.unreadable = []
            }
            for _ in 0..<3 {
                try await agent.settle(rounds: 2)
                world.advance(4_000)
            }
            world.advance(90_000)
            try await agent.settle(rounds: 2)
            world.advance(4_000)
            try await agent.settle(rounds: 2)
        }
    }

    @Test("Everything that SAP committed is held in the end, once, and nothing is stuck", arguments: 1...40)
    func day(seed: Int) async throws {
        var day = try await Day(seed: UInt64(seed))
        for _ in 0..<60 { try await day.step() }
        try await day.rest()
        let replay = "seed \(seed), \(day.story.joined(separator: ", "))"
        let expected = day.committed.flatMap { ["\($0) posted", "\($0) received"] }.sorted()
        let held = day.world.relay.heldSubjects
        let missing = expected.filter { !held.contains($0) }
        #expect(missing.isEmpty, "\(replay): \(missing)")
        #expect(held.count == expected.count, "\(replay)")
        let hasWork = try await day.agent.spool.hasWork(.live)
        #expect(!hasWork, "\(replay): something is stuck")
        let lists = day.world.relay.state.withLock { ($0.stored.pending.count, $0.stored.watch.count) }
        #expect(lists == (0, 0), "\(replay): lists are stale")
        let covered = try #require(day.world.relay.covered(SAPTable.stream, 1))
        let now = day.world.sap.content.withLock { $0.now }
        #expect(covered >= now.moved(by: -180), "\(replay): coverage stands still")
    }
}
