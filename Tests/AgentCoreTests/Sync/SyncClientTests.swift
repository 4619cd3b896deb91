import AgentCore
import ConnectorProtocol
import Cryptography
import HTTPTransport
import SAPAccess
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

@Suite("Sync")
struct SyncClientTests {
    @Test("The first answer grants the lease and says what is covered; only then is anything polled")
    func firstGrant() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        #expect(agent.lease.current == .undecided)
        #expect(!agent.lease.mayPoll)
        let step = try await agent.sync.turn()
        #expect(step == .heard(isNewGrant: true))
        #expect(agent.lease.current == .held(epoch: 1))
        #expect(try await agent.spool.coverage(of: SAPTable.stream).isKnown)
        #expect(try await agent.sync.turn() == .heard(isNewGrant: false))
        let request = try #require(world.relay.state.withLock { $0.lastSync })
        #expect(request.waitSeconds == 25)
        #expect(request.highestEpoch == 1)
        #expect(request.status.host == "sapgw01")
    }

    @Test("A lost answer is asked for again under the same request id, and the lease is there at once")
    func lostAnswer() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        world.relay.fail(.dropAnswer)
        #expect(
            try await agent.sync.turn()
                == .silent(.transport(TransportError(kind: .timeout, departure: .ambiguous))))
        let lost = world.relay.state.withLock { $0.lastSync?.requestID }
        #expect(try await agent.sync.turn() == .heard(isNewGrant: false))
        let again = world.relay.state.withLock { $0.lastSync?.requestID }
        #expect(again == lost)
        #expect(world.relay.state.withLock { $0.clones } == 0)
        _ = try await agent.sync.turn()
        #expect(world.relay.state.withLock { $0.lastSync?.requestID } != lost)
    }

    @Test(
        "After a crash between any two steps the lease is kept, and nobody takes the machine for a clone",
        arguments: [
            KillPoint.storedSyncRequest, .heardSyncAnswer, .appliedSyncAnswer,
        ])
    func killed(at point: KillPoint) async throws {
        struct Killed: Error {}
        let world = try AgentWorld()
        try await world.agent().round()
        let doomed = try await world.agent(kill: KillSwitch { if $0 == point { throw Killed() } })
        await #expect(throws: Killed.self) { _ = try await doomed.sync.turn() }
        let next = try await world.agent()
        #expect(try await next.sync.turn() == .heard(isNewGrant: false))
        #expect(next.lease.current == .held(epoch: 1))
        #expect(world.relay.state.withLock { $0.clones } == 0)
    }

    @Test("Without the relay only who held the lease last goes on polling", arguments: [true, false])
    func relayAway(held: Bool) async throws {
        let world = try AgentWorld()
        if held {
            try await world.agent().round()
        } else {
            world.relay.state.withLock { $0.stored.holder = "agent-2" }
            let agent = try await world.agent()
            _ = try await agent.sync.turn()
            #expect(agent.lease.current == .refused("held"))
        }
        world.relay.setReachable(false)
        let restarted = try await world.agent()
        #expect(!restarted.lease.mayPoll)
        // What the log and `status` say is why, not that.
        #expect(
            try await restarted.sync.turn()
                == .silent(.transport(TransportError(kind: .connect, departure: .notLeft))))
        #expect(restarted.lease.mayPoll == held)
    }

    @Test("A spool that is set back shows an older token: no lease this time, and a person is told (H17)")
    func olderToken() async throws {
        let world = try AgentWorld()
        try await world.agent().round()
        try await world.copySpool(to: "copy.db")
        try await world.agent().round()
        let copy = try await world.agent("copy.db")
        _ = try await copy.sync.turn()
        #expect(copy.lease.current == .refused("older_token"))
        #expect(world.relay.state.withLock { $0.clones } == 1)
        // The next grant is a new one, for the copy lacks what the relay's lists hold.
        #expect(try await copy.sync.turn() == .heard(isNewGrant: true))
        #expect(copy.lease.current == .held(epoch: 2))
    }

    @Test("A list that is too long for one answer is taken over from those behind it too (H15)")
    func pages() async throws {
        let world = try AgentWorld()
        let entries = ["1", "2"].map { key in
            KeyEntry(
                source: AgentWorld.source, stream: SAPTable.stream, key: key,
                stamp: world.sap.content.withLock { $0.now.moved(by: -86_400 * 30) },
                reason: "not_authorized",
                since: world.relay.now)
        }
        world.relay.state.withLock { state in
            state.stored.pending = [RelayModel.ListKey(entries[0]): entries[0]]
            state.pagesToCome = [[entries[1]]]
        }
        let agent = try await world.agent()
        _ = try await agent.sync.turn()
        #expect(try await agent.sync.turn() == .heard(isNewGrant: false))
        let pending = try await agent.spool.database.read { sql in
            try sql.query("SELECT document_key FROM pending ORDER BY document_key").map { try $0.text(0) }
        }
        #expect(pending == ["1", "2"])
    }

    @Test("A new grant forgets the states, a renewal does not (H3)")
    func statesForgotten() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        world.advance(60)
        world.sap.commit("1")
        try await agent.settle(rounds: 2)
        let count = {
            try await agent.spool.database.read { try $0.first("SELECT count(*) FROM states")?.integer(0) }
        }
        #expect(try await count() == 1)
        world.relay.state.withLock { $0.stored.epoch += 1 }
        #expect(try await agent.sync.turn() == .heard(isNewGrant: true))
        #expect(try await count() == 0)
    }

    @Test("Each command is carried out once: signed, for this agent and lineage, in time and in order")
    func commands() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        let lineage = try #require(try await agent.spool.askedHeads().lineages.first)
        let other = try #require(Lineage(Array(repeating: 9, count: 16)))
        let later = try #require(world.relay.now.adding(.seconds(3_600)))
        func command(
            _ number: UInt64, agent: String = "agent-1", lineage: Lineage? = nil, epoch: UInt64 = 1,
            expires: Timestamp? = nil,
        ) -> Command {
            Command(
                agent: agent, lineage: lineage ?? other, number: number, epoch: epoch,
                expires: expires ?? later, name: "noop")
        }
        world.relay.state.withLock { state in
            state.commands = [
                command(3, lineage: lineage), command(2, lineage: lineage),
                command(4, agent: "x", lineage: lineage),
                command(5), command(6, lineage: lineage, epoch: 9),
                command(7, lineage: lineage, expires: .first),
            ]
        }
        _ = try await agent.sync.turn()
        _ = try await agent.sync.turn()
        #expect(agent.commands.done.withLock { $0 } == [2, 3])
        #expect(world.relay.state.withLock { $0.lastSync?.highestCommand } == 3)
    }

    @Test("A key that the relay asks for is read and told though nothing changed, once for each asking")
    func readRequest() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        world.advance(60)
        world.sap.commit("1")
        try await agent.settle(rounds: 2)
        let before = world.relay.state.withLock { $0.readings.count }
        let since = world.relay.now
        world.relay.state.withLock { state in
            state.readRequests = [
                ReadRequest(
                    source: AgentWorld.source, stream: "vendor", businessKey: "vendor:0000001000",
                    since: since)
            ]
        }
        try await agent.settle(rounds: 3)
        #expect(world.relay.state.withLock { $0.readings.count } == before + 1)
        let again = world.relay.now
        world.relay.state.withLock { $0.readRequests[0].since = again }
        try await agent.settle(rounds: 2)
        #expect(world.relay.state.withLock { $0.readings.count } == before + 2)
    }

    @Test("Keys that SAP has no more do not keep the relay from hearing of the one it asked for last")
    func absentRequests() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        try await agent.round()
        let gone = (1...30).map { "gone\($0)" }
        world.sap.content.withLock { $0.absent = Set(gone) }
        let since = world.relay.now
        let later = try #require(since.adding(.seconds(1)))
        world.relay.state.withLock { state in
            state.readRequests = (gone + ["0000001000"]).map { key in
                ReadRequest(
                    source: AgentWorld.source, stream: "vendor", businessKey: "vendor:\(key)",
                    since: key == "0000001000" ? later : since)
            }
        }
        try await agent.settle(rounds: 3)
        #expect(world.relay.state.withLock { $0.readings.count } == 1)
    }

    @Test(
        "A gate that another host closed is closed here too, until a person enters a secret after that (H18)")
    func gates() async throws {
        let world = try AgentWorld()
        let agent = try await world.agent()
        let closed = ClosedGate(
            system: "PRD", client: "100", user: "ML", reason: "refused", closedAt: world.relay.now)
        world.relay.state.withLock { $0.closedGates = [closed] }
        world.advance(10)
        _ = try await agent.sync.turn()
        let gate = SpoolLogonGate(
            spool: agent.spool, owner: ProcessOwner(name: "1@1") { _ in false }, patience: 1, wait: {})
        let identity = LogonIdentity(system: "PRD", client: "100", user: "ML")
        await #expect(throws: LogonGateError.self) { _ = try await gate.begin(identity) }
        let shown = try await agent.spool.syncQuestion().closedGates
        #expect(shown.map(\.user) == ["ML"])
        #expect(shown.map(\.closedAt) == [closed.closedAt])
        try await gate.retry()
        _ = try await agent.sync.turn()
        try await gate.end(try await gate.begin(identity), .succeeded)
    }
}
