import AgentCore
import ConnectorProtocol
import Cryptography
import SAPAccess
import SQLStore
import Synchronization
import Testing
import Values

@Suite("A poll in trouble")
struct PollingTroubleTests {
    private static func begun(limits: SpoolLimits = SpoolLimits()) async throws -> (AgentWorld, Agent) {
        let world = try AgentWorld()
        let agent = try await world.agent(limits: limits)
        try await agent.round()
        world.advance(60)
        return (world, agent)
    }

    @Test("What was set down by a host whose clock was three years ahead is read as soon as that is mended")
    func clockAhead() async throws {
        let (world, agent) = try await Self.begun()
        let years: Int64 = 3 * 365 * 86_400_000
        world.hostTime.withLock { $0 += years }
        world.sap.content.withLock { content in
            content.parked = ["1"]
            content.unreadable = ["2"]
        }
        world.sap.commit("1", "2")
        try await agent.settle(rounds: 1)
        #expect(world.relay.heldSubjects == ["1 received"])
        world.hostTime.withLock { $0 -= years }
        world.sap.content.withLock { content in
            content.parked = []
            content.unreadable = []
        }
        try await agent.settle(rounds: 2)
        #expect(world.relay.heldSubjects == ["1 posted", "1 received", "2 posted", "2 received"])
    }

    @Test("A master that was read by a clock ahead of time is not fresh, and what was answered then is open")
    func masterAhead() async throws {
        let (world, agent) = try await Self.begun()
        let vendor = MasterReference(feed: "vendor", key: "0000001000")
        world.hostTime.withLock { $0 += 86_400_000 }
        world.sap.commit("1")
        try await agent.poll()
        #expect(try await agent.spool.stale([vendor], age: .seconds(900)).isEmpty)
        let now = world.hostTime.withLock { $0 }
        _ = try await agent.spool.database.write { sql in
            try sql.execute(
                "INSERT INTO read_requests (feed, key, asked_at, answered_at) VALUES ('vendor', '1', 1, ?)",
                [.integer(now)])
        }
        #expect(try await agent.spool.openReadRequests(limit: 9).isEmpty)
        world.hostTime.withLock { $0 -= 86_400_000 }
        #expect(try await agent.spool.stale([vendor], age: .seconds(900)) == [vendor])
        #expect(try await agent.spool.openReadRequests(limit: 9).count == 1)
    }

    @Test("Hundreds of documents that waited for an authorisation are told within minutes of getting it")
    func manyPending() async throws {
        let (world, agent) = try await Self.begun()
        let numbers = (1...300).map { "\($0)" }
        world.sap.content.withLock { content in
            let stamp = content.now.moved(by: -10)
            content.rows = numbers.map { StampedKey(documentKey: $0, stamp: stamp) }
            content.unreadable = Set(numbers)
        }
        try await agent.settle(rounds: 1)
        #expect(world.relay.heldSubjects.isEmpty)
        world.sap.content.withLock { $0.unreadable = [] }
        world.advance(60)
        try await agent.settle(rounds: 2)
        #expect(world.relay.heldSubjects.count == 600)
    }

    @Test("Where thousands wait, coverage is claimed so much more seldom, and all of it once they are read")
    func seldomClaims() async throws {
        let (world, agent) = try await Self.begun()
        let numbers = (1...2_000).map { "\($0)" }
        let stamp = world.sap.content.withLock { $0.now.moved(by: -10) }
        let waiting = numbers.map { number in
            DocumentRecord(
                key: StampedKey(documentKey: number, stamp: stamp), trigger: .window, origin: .live,
                result: .failed(errorClass: "not_authorized", sentence: "No authorisation."))
        }
        try await agent.spool.record(waiting, stream: SAPTable.stream)
        world.sap.content.withLock { $0.unreadable = Set(numbers) }
        world.sap.content.withLock { $0.rows = waiting.map(\.key) }
        world.advance(60)
        for minute in 1...25 {
            world.sap.commit("n\(minute)")
            try await agent.settle(rounds: 1)
        }
        #expect(world.relay.heldSubjects.count == 50)
        #expect(world.relay.claims(SAPTable.stream, 1) { $0.pending.count >= 2_000 } == 2)
        world.sap.content.withLock { $0.unreadable = [] }
        for _ in 0..<12 {
            world.advance(3_600)
            try await agent.round()
        }
        #expect(world.relay.heldSubjects.count == 4_050)
        let now = world.sap.content.withLock { $0.now }
        #expect(world.relay.covered(SAPTable.stream, 1) == now)
        #expect(world.relay.coverageGaps == 0)
    }

    @Test("Of each tier it is written down when it ran, and not when another did")
    func tiersRan() async throws {
        let (world, agent) = try await Self.begun()
        for _ in 0..<3 { try await agent.settle(rounds: 1) }
        let ran = try await agent.spool.database.read { sql in
            try sql.query("SELECT ran_at FROM cursors ORDER BY tier").map { try $0.integer(0) }
        }
        let now = world.hostTime.withLock { $0 }
        #expect(ran.map { (now - $0) / 60_000 } == [1, 4, 4])
    }

    @Test("A poll that fills the spool stops there, and goes on when the relay has taken what waits")
    func spoolFills() async throws {
        var limits = SpoolLimits()
        limits.spoolBytesLimit = 200_000
        let (world, agent) = try await Self.begun(limits: limits)
        world.relay.setReachable(false)
        world.sap.content.withLock { content in
            let stamp = content.now.moved(by: -10)
            content.rows = (1...1_000).map { StampedKey(documentKey: "\($0)", stamp: stamp) }
        }
        #expect(try await agent.poller.poll() == .spoolFull)
        #expect(try await agent.spool.waitingBytes() < 220_000)
        #expect(try await agent.poller.poll() == .spoolFull)
        world.relay.setReachable(true)
        try await agent.settle(rounds: 10)
        #expect(world.relay.heldSubjects.count == 2_000)
        #expect(world.relay.state.withLock { $0.everJournaled.values.allSatisfy { $0 == 1 } })
    }

    @Test("A document that no batch can hold keeps the master that its neighbour needs from nobody")
    func hugeNeighbour() async throws {
        let (world, agent) = try await Self.begun()
        world.sap.content.withLock { $0.huge = ["1"] }
        world.sap.commit("1", "2")
        try await agent.settle(rounds: 1)
        #expect(world.relay.heldSubjects == ["2 posted", "2 received"])
        #expect(world.relay.state.withLock { $0.readings } == ["vendor:0000001000"])
        let pending = try await agent.spool.database.read { sql in
            try sql.query("SELECT document_key, error_class FROM pending").map { row in
                "\(try row.text(0)) \(try row.text(1))"
            }
        }
        #expect(pending == ["1 too_large"])
    }

    @Test("A document that was parked for days is told at the first poll after it is posted")
    func stirred() async throws {
        let (world, agent) = try await Self.begun()
        world.sap.content.withLock { content in
            content.parked = ["1", "2"]
            content.showsStirred = true
        }
        world.sap.commit("1", "2")
        for _ in 0..<30 {
            world.advance(3_600)
            try await agent.round()
        }
        world.sap.content.withLock { $0.parked = ["2"] }
        world.advance(60)
        try await agent.round()
        #expect(world.relay.heldSubjects == ["1 posted", "1 received", "2 received"])
        // What waits all the same is left to its schedule, which begins anew.
        world.sap.content.withLock { $0.stirs = ["2"] }
        world.advance(60)
        try await agent.round()
        #expect(try await agent.spool.watched(SAPTable.stream, limit: 9).isEmpty)
        #expect(try await agent.spool.dueWatch(SAPTable.stream, limit: 9).isEmpty)
        world.advance(61)
        #expect(try await agent.spool.dueWatch(SAPTable.stream, limit: 9).count == 1)
        world.sap.content.withLock { $0.parked = [] }
        try await agent.round()
        #expect(world.relay.heldSubjects.count == 4)
    }

    @Test("A watched document that cannot be read is left to its schedule, whatever one look shows of it")
    func stirredUnreadable() async throws {
        let (world, agent) = try await Self.begun()
        world.sap.content.withLock { content in
            content.parked = ["2"]
            content.showsStirred = true
        }
        world.sap.commit("2")
        try await agent.round()
        world.sap.content.withLock { content in
            content.parked = []
            content.unreadable = ["2"]
        }
        world.advance(60)
        try await agent.round()
        #expect(try await agent.spool.watched(SAPTable.stream, limit: 9).isEmpty)
        world.sap.content.withLock { $0.unreadable = [] }
        world.advance(120)
        try await agent.round()
        #expect(world.relay.heldSubjects == ["2 posted", "2 received"])
    }

    @Test("Where SAP refuses the look at all that is watched, each is still read when its time has come")
    func refusedLook() async throws {
        let (world, agent) = try await Self.begun()
        world.sap.content.withLock { $0.parked = ["1"] }
        world.sap.commit("1")
        try await agent.round()
        world.sap.content.withLock { content in
            content.parked = []
            content.refusesLook = true
        }
        world.advance(120)
        await #expect(throws: SAPAccessError.tooDense(table: "RBKP", limit: 5_000)) {
            _ = try await agent.poller.poll()
        }
        try await agent.upload()
        #expect(world.relay.heldSubjects == ["1 posted", "1 received"])
    }

    @Test("Where SAP refuses the read of the stamps, what is watched and what waits is still read by its key")
    func refusedStamps() async throws {
        let (world, agent) = try await Self.begun()
        world.sap.content.withLock { content in
            content.parked = ["1"]
            content.unreadable = ["2"]
        }
        world.sap.commit("1", "2")
        try await agent.settle(rounds: 1)
        world.sap.content.withLock { content in
            content.refusesKeys = true
            content.parked = []
            content.unreadable = []
        }
        world.advance(60)
        await #expect(throws: SAPAccessError.tooDense(table: "RBKP", limit: 5_000)) {
            _ = try await agent.poller.poll()
        }
        try await agent.upload()
        #expect(world.relay.heldSubjects == ["1 posted", "1 received", "2 posted", "2 received"])
    }
}
