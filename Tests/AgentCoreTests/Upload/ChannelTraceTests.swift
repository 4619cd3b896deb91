import AgentCore
import ConnectorProtocol
import Cryptography
import SQLStore
import Synchronization
import Testing
import Values

/// The traces of facts/channel.md section 3 that need one agent only.
///
/// After each, faults stop, and everything that SAP committed must be held by the relay, under one id, with
/// coverage that is true.
@Suite("Traces of the channel")
struct ChannelTraceTests {
    /// An agent that has its baseline and the lease, and has told rows 1 and 2.
    private static func running(_ world: AgentWorld) async throws -> Agent {
        let agent = try await world.agent()
        try await agent.round()
        world.advance(60)
        world.sap.commit("1")
        try await agent.round()
        world.advance(60)
        world.sap.commit("2")
        try await agent.round()
        world.advance(60)
        world.expectWhole("1", "2")
        return agent
    }

    @Test("What runs without a fault arrives, in one lineage, and coverage follows")
    func calm() async throws {
        let world = try AgentWorld()
        let agent = try await Self.running(world)
        try await agent.settle()
        #expect(world.relay.heldLineages == 1)
        #expect(world.relay.coverageGaps == 0)
        let covered = try #require(world.relay.covered(SAPTable.stream, 1))
        let now = world.sap.content.withLock { $0.now }
        #expect(covered >= now.moved(by: -120))
    }

    @Test(
        "A lost request or answer sends the same bytes again, and nothing twice",
        arguments: [RelayModel.Fault.dropRequest, .dropAnswer, .notLeft, .foreign(status: 502)])
    func lostAnswer(fault: RelayModel.Fault) async throws {
        let world = try AgentWorld()
        let agent = try await Self.running(world)
        world.sap.commit("3")
        try await agent.poll()
        world.relay.fail(fault)
        try await agent.upload()
        try await agent.settle(rounds: 2)
        world.expectWhole("1", "2", "3")
        #expect(world.relay.heldLineages == 1)
        let counts = world.relay.state.withLock { Array($0.everJournaled.values) }
        #expect(counts.allSatisfy { $0 == 1 })
    }

    @Test(
        "After a crash between any two steps of an upload the same batch goes again",
        arguments: [
            KillPoint.sealedBatch, .heardBatchAnswer, .appliedBatchAnswer,
        ])
    func killedUpload(at point: KillPoint) async throws {
        let world = try AgentWorld()
        let first = try await Self.running(world)
        world.sap.commit("3")
        try await first.poll()
        struct Killed: Error {}
        let doomed = try await world.agent(kill: KillSwitch { if $0 == point { throw Killed() } })
        await #expect(throws: Killed.self) { _ = try await doomed.uploader.turn(.live) }
        let second = try await world.agent()
        try await second.settle(rounds: 2)
        world.expectWhole("1", "2", "3")
        #expect(world.relay.heldLineages == 1)
        let counts = world.relay.state.withLock { Array($0.everJournaled.values) }
        #expect(counts.allSatisfy { $0 == 1 })
    }

    @Test(
        "After a crash between reading what waits and recording it, each of its facts is told once",
        arguments: [
            KillPoint.readDuePending, .recordedPending, .readDueWatch, .recordedWatch,
        ])
    func killedWaiting(at point: KillPoint) async throws {
        let world = try AgentWorld()
        let first = try await Self.running(world)
        world.sap.content.withLock { content in
            content.unreadable = ["3"]
            content.parked = ["4"]
        }
        world.sap.commit("3", "4")
        try await first.settle(rounds: 1)
        world.sap.content.withLock { content in
            content.unreadable = []
            content.parked = []
        }
        world.advance(4_000)
        struct Killed: Error {}
        let doomed = try await world.agent(kill: KillSwitch { if $0 == point { throw Killed() } })
        _ = try await doomed.sync.turn()
        await #expect(throws: Killed.self) { try await doomed.poll() }
        try await world.agent().settle(rounds: 2)
        world.expectWhole("1", "2", "3", "4")
        let counts = world.relay.state.withLock { Array($0.everJournaled.values) }
        #expect(counts.allSatisfy { $0 == 1 })
    }

    @Test("A row that commits long after its stamp is found by a wider tier, after an outage too (H7)")
    func lateAfterOutage() async throws {
        let world = try AgentWorld()
        let agent = try await Self.running(world)
        try await agent.settle(rounds: 1)
        world.sap.commit("3", before: 2 * 3_600)
        world.advance(8 * 86_400)
        try await agent.settle(rounds: 2)
        world.expectWhole("1", "2", "3")
    }

    @Test(
        "Batches that the relay lost go back with their acknowledgement, in one lineage (H12)",
        arguments: [
            nil, UInt8(9),
        ])
    func commitsLost(incarnation: UInt8?) async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        let early = world.relay.snapshot()
        world.advance(60)
        world.sap.commit("1")
        try await agent.round()
        world.advance(60)
        world.relay.restore(early, incarnation: incarnation)
        world.sap.commit("2")
        try await agent.settle(rounds: 2)
        world.expectWhole("1", "2")
        #expect(world.relay.heldLineages == 1)
        #expect(world.relay.state.withLock { $0.shownAcknowledgements } > 0)
        #expect(world.relay.coverageGaps == 0)
    }

    @Test("A relay put back before anything of this agent gets everything again, without a new lineage")
    func everythingLost() async throws {
        let world = try AgentWorld()
        let empty = world.relay.snapshot()
        let agent = try await Self.running(world)
        world.relay.restore(empty, incarnation: 7)
        try await agent.settle(rounds: 2)
        world.expectWhole("1", "2")
        #expect(world.relay.heldLineages == 1)
    }

    @Test("What is lost and no longer kept is read from SAP again, however old it is (H14)")
    func keptWindowExceeded() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        world.sap.content.withLock { $0.parked = ["1"] }
        try await agent.round()
        world.advance(60)
        world.sap.commit("1")
        try await agent.round()
        // Parked for weeks: its stamp is older than any window when it is posted.
        for _ in 0..<10 {
            world.advance(5 * 86_400)
            try await agent.round()
        }
        let early = world.relay.snapshot()
        world.sap.content.withLock { $0.parked = [] }
        world.sap.commit("2")
        world.advance(3_700)
        try await agent.settle(rounds: 2)
        world.expectWhole("1", "2")
        world.advance(15 * 86_400)
        _ = try await agent.sync.turn()
        let pruned = try await agent.spool.prune()
        #expect(pruned.batches > 0)
        world.relay.restore(early, incarnation: 8)
        try await agent.settle()
        world.expectWhole("1", "2")
        let changed = try await agent.spool.database.read { sql in
            try sql.query("SELECT reason FROM lineages ORDER BY rowid").map { try $0.text(0) }
        }
        #expect(changed == ["created", "lost_not_kept"])
    }

    @Test("Where some of what was lost is kept no longer, the rest still shows what the relay had said of it")
    func partlyKept() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        let early = world.relay.snapshot()
        world.advance(60)
        world.sap.commit("1")
        try await agent.round()
        world.advance(15 * 86_400)
        _ = try await agent.sync.turn()
        let pruned = try await agent.spool.prune()
        #expect(pruned.batches > 0)
        world.sap.commit("2")
        try await agent.settle(rounds: 2)
        world.relay.restore(early, incarnation: 8)
        try await agent.settle()
        world.expectWhole("1", "2")
        #expect(world.relay.heldLineages == 2)
        // Else the relay would take it for news, and send again what it has forgotten.
        #expect(world.relay.state.withLock { $0.shownAcknowledgements } > 0)
    }

    @Test("A restored copy of the spool goes on under a new lineage and tells nothing twice (H3)")
    func setBack() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        world.advance(60)
        world.sap.commit("1")
        try await agent.round()
        try await world.copySpool(to: "copy.db")
        world.advance(60)
        world.sap.commit("2")
        world.sap.content.withLock { $0.vendorState = "blocked" }
        world.advance(1_000)
        try await agent.settle(rounds: 2)
        world.sap.content.withLock { $0.vendorState = "active" }
        world.sap.commit("3")
        let copy = try await world.agent("copy.db")
        let readings = world.relay.state.withLock { $0.readings.count }
        try await copy.settle()
        world.expectWhole("1", "2", "3")
        #expect(world.relay.heldLineages == 2)
        #expect(world.relay.state.withLock { $0.clones } == 1)
        // The copy's ledger says "active", and so does SAP: the relay, which heard "blocked", hears it again.
        #expect(world.relay.state.withLock { $0.readings.count } > readings)
    }

    @Test("A copy that seals before it hears anything is refused as a fork, and goes on (H17)")
    func copySealsFirst() async throws {
        let world = try AgentWorld()
        let agent = try await Self.running(world)
        try await world.copySpool(to: "copy.db")
        world.sap.commit("3")
        try await agent.round()
        world.advance(60)
        world.sap.commit("4")
        let copy = try await world.agent("copy.db")
        copy.lease.set(.held(epoch: 1))
        try await copy.poll()
        try await copy.upload()
        try await copy.settle()
        world.expectWhole("1", "2", "3", "4")
    }

    @Test("A lost spool begins where the relay's coverage ends, tier by tier (H10)")
    func spoolLost() async throws {
        let world = try AgentWorld()
        let agent = try await Self.running(world)
        try await agent.settle(rounds: 2)
        // Stamped two hours ago, not committed yet: only the second tier can find it.
        world.sap.commit("3", before: 7_200)
        let new = try await world.agent("new.db")
        world.sap.commit("4")
        world.advance(3_700)
        try await new.settle()
        world.expectWhole("1", "2", "3", "4")
        #expect(world.relay.coverageGaps == 0)
        #expect(world.relay.heldLineages == 2)
    }

    @Test("A spool that was lost, and then the relay restored: the cursor goes back to what is covered (H13)")
    func spoolLostThenRelayRestored() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        let early = world.relay.snapshot()
        world.advance(60)
        world.sap.commit("1")
        try await agent.round()
        world.advance(3_000)
        let new = try await world.agent("new.db")
        try await new.settle(rounds: 2)
        world.relay.restore(early, incarnation: 5)
        try await new.settle()
        world.expectWhole("1")
        let covered = try #require(world.relay.covered(SAPTable.stream, 1))
        let now = world.sap.content.withLock { $0.now }
        #expect(covered >= now.moved(by: -120))
    }

    @Test("Keys that could not be read, and parked ones, are taken over by a new spool (H15)")
    func pendingAndWatchSurvive() async throws {
        let world = try AgentWorld()
        let agent = try await Self.running(world)
        world.sap.commit("3", "4")
        world.sap.content.withLock { content in
            content.unreadable = ["3"]
            content.parked = ["4"]
        }
        try await agent.settle(rounds: 2)
        world.advance(20 * 86_400)
        world.sap.content.withLock { content in
            content.unreadable = []
            content.parked = []
        }
        let new = try await world.agent("new.db")
        try await new.settle()
        world.expectWhole("1", "2", "3", "4")
        let lists = world.relay.state.withLock { ($0.stored.pending.count, $0.stored.watch.count) }
        #expect(lists == (0, 0))
    }

    @Test("A key that is pending is named again by the claims after a restore of the relay (H15)")
    func pendingNamedAgain() async throws {
        let world = try AgentWorld()
        let agent = try await Self.running(world)
        let early = world.relay.snapshot()
        world.sap.content.withLock { $0.unreadable = ["3"] }
        world.sap.commit("3")
        try await agent.settle(rounds: 1)
        world.relay.restore(early, incarnation: 4)
        try await agent.settle(rounds: 2)
        let pending = world.relay.state.withLock { $0.stored.pending.keys.map(\.key) }
        #expect(pending == ["3"])
    }

    @Test(
        "A key that was taken over is named by the new spool's claims, so a restored relay hears of it (H15)")
    func adoptedNamedAgain() async throws {
        let world = try AgentWorld()
        let agent = try await Self.running(world)
        let early = world.relay.snapshot()
        world.sap.content.withLock { $0.unreadable = ["3"] }
        world.sap.commit("3")
        try await agent.settle(rounds: 1)
        let new = try await world.agent("new.db")
        try await new.settle(rounds: 2)
        world.relay.restore(early, incarnation: 4)
        try await new.settle(rounds: 3)
        let pending = world.relay.state.withLock { $0.stored.pending.keys.map(\.key) }
        #expect(pending == ["3"])
    }

    @Test("A state that comes back is a reading of its own each time, for the relay to count (H1)")
    func statesComeBack() async throws {
        let world = try AgentWorld()
        let agent = try await Self.running(world)
        var told = world.relay.state.withLock { $0.readings.count }
        for (number, state) in ["blocked", "active", "blocked", "active"].enumerated() {
            world.sap.content.withLock { $0.vendorState = state }
            world.advance(1_000)
            world.sap.commit("4\(number)")
            try await agent.round()
            let now = world.relay.state.withLock { $0.readings.count }
            #expect(now == told + 1, "\(state)")
            told = now
        }
    }

    @Test("A restored relay grants above the epoch that the agent shows (H16)")
    func epochsRise() async throws {
        let world = try AgentWorld()
        let empty = world.relay.snapshot()
        let agent = try await Self.running(world)
        #expect(agent.lease.current == .held(epoch: 1))
        world.relay.restore(empty)
        _ = try await agent.sync.turn()
        #expect(agent.lease.current == .held(epoch: 2))
    }

    @Test("Kept batches of two lineages go back in the order of their sealing")
    func twoLineages() async throws {
        let world = try AgentWorld()
        let empty = world.relay.snapshot()
        let agent = try await Self.running(world)
        try await world.copySpool(to: "copy.db")
        world.sap.commit("3")
        try await agent.round()
        world.advance(60)
        let copy = try await world.agent("copy.db")
        world.sap.commit("4")
        try await copy.settle(rounds: 2)
        #expect(world.relay.heldLineages == 2)
        world.relay.restore(empty, incarnation: 6)
        try await copy.settle()
        world.expectWhole("1", "2", "3", "4")
        #expect(world.relay.coverageGaps == 0)
    }
}
