import ConnectorProtocol
import Cryptography
import HTTPTransport
import RelayCore
import SQLStore
import ServiceLifecycle
import TestSupport
import Testing
import Values

@Suite("Sync over TLS")
struct SyncOverTLSTests {
    @Test("The first agent gets the lease fresh, renews it by its token, and the second waits for its end")
    func lease() async throws {
        try await TestRelay.run { relay in
            var active = Machine(try await TestAgent.paired(relay))
            var standby = Machine(try await TestAgent.paired(relay))
            let first = try await active.sync()
            #expect(first.lease.isGranted && first.lease.isFresh && first.lease.seconds == 45)
            let second = try await active.sync()
            #expect(second.lease.isGranted && !second.lease.isFresh)
            #expect(second.lease.epoch == first.lease.epoch && second.leaseToken != first.leaseToken)
            let refused = try await standby.sync()
            #expect(!refused.lease.isGranted && refused.lease.refusal == .held)
            relay.clock.advance(.seconds(46))
            let taken = try await standby.sync()
            #expect(taken.lease.isGranted && taken.lease.isFresh)
            #expect(taken.lease.epoch == first.lease.epoch + 1)
            #expect(try await active.sync().lease.refusal == .held)
            let names = try await relay.pairing.agents(in: relay.scope).map(\.state)
            #expect(names.sorted() == ["active", "standby"])
        }
    }

    @Test("A lost answer is asked for again under its request id; the grant in it is made fresh again")
    func lostAnswer() async throws {
        try await TestRelay.run { relay in
            var machine = Machine(try await TestAgent.paired(relay))
            let id = SecureRandom.system.bytes(16)
            let lost = machine
            _ = try await machine.sync(requestID: id)
            machine = lost
            let again = try await machine.sync(requestID: id)
            #expect(again.lease.isGranted && again.lease.isFresh)
            #expect(try await machine.sync().lease.isGranted)
        }
    }

    @Test("A clone is found at its second sync, told once, and neither of the two polls then (H17)")
    func clone() async throws {
        try await TestRelay.run { relay in
            var original = Machine(try await TestAgent.paired(relay))
            _ = try await original.sync()
            var clone = original
            clone.process = SecureRandom.system.bytes(16)
            relay.clock.advance(.seconds(1))
            #expect(try await original.sync().lease.isGranted)
            relay.clock.advance(.seconds(1))
            #expect(try await clone.sync().lease.refusal == .olderToken)
            relay.clock.advance(.seconds(1))
            #expect(try await original.sync().lease.isGranted == false)
            #expect(
                try await relay.count(
                    "SELECT count(*) FROM event WHERE tenant = ?1 AND type = 'connector.agent_cloned'") == 1)
        }
    }

    @Test("Epochs go on above what agents show, so that a restored relay is obeyed (H16)")
    func restored() async throws {
        try await TestRelay.run { relay in
            var machine = Machine(try await TestAgent.paired(relay))
            machine.highestEpoch = 41
            machine.highestCommand = 17
            let answer = try await machine.sync()
            #expect(answer.lease.epoch == 42)
            #expect(try await relay.scope.write { try $0.next(.command) } == 18)
        }
    }

    @Test("Numbers as high as an agent can show leave higher ones to go on with")
    func highestNumbers() async throws {
        try await TestRelay.run { relay in
            var machine = Machine(try await TestAgent.paired(relay))
            machine.highestEpoch = UInt64(Int64.max)
            machine.highestCommand = UInt64(Int64.max)
            #expect(try await machine.sync().lease.isGranted)
            relay.clock.advance(.seconds(46))
            machine.highestEpoch = UInt64(Int64.max)
            #expect(try await machine.sync().lease.isGranted)
            #expect(try await relay.scope.write { try $0.next(.command) } > 1 << 62)
        }
    }

    @Test("A successor gets what its predecessor had set aside, and the gates that it closed (H15)")
    func successor() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let (pending, done, parked) = (
                try agent.entry("4501"), try agent.entry("4502"), try agent.entry("51")
            )
            let lineage = Lineage.drawn()
            let one = try agent.seal(
                lineage, 1,
                claims: [try TestAgent.claim("000000", "100000", pending: [pending], baseline: true)],
                pending: KeyMoves(entered: [done]), watch: KeyMoves(entered: [parked]))
            _ = try await agent.accepted(one)
            _ = try await agent.accepted(
                agent.seal(lineage, 2, after: one, pending: KeyMoves(left: [done])))
            var machine = Machine(agent)
            machine.gates = [
                ClosedGate(
                    system: "PRD", client: "100", user: "ML", reason: "refused",
                    closedAt: relay.clock.now.timestamp)
            ]
            _ = try await machine.sync()
            relay.clock.advance(.seconds(60))
            var successor = Machine(try await TestAgent.paired(relay))
            let taken = try await successor.sync()
            #expect(taken.pending == [pending] && taken.watch == [parked])
            #expect(taken.lease.closedGates == machine.gates)
            #expect(taken.standing.coverage.map(\.coveredUntil.time.sapText) == ["100000"])
            // Having seen the gate, it may say that a person has opened it.
            let renewed = try await successor.sync()
            #expect(renewed.lease.closedGates.isEmpty && renewed.pending.isEmpty)
        }
    }

    @Test("Lists that no answer could hold are told in several, each again until it has arrived (H15)")
    func longLists() async throws {
        try await TestRelay.run { relay in
            let filler = String(repeating: "x", count: 1_000)
            for (table, reason) in [("pending_key", "error_class"), ("watched_key", "reason")] {
                try await relay.scope.write { statements in
                    _ = try statements.run(
                        """
                        INSERT INTO \(table) (tenant, name, source, stream, document_key, version, stamp, \(reason),
                            detail, since_at, batch)
                        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
                        SELECT ?1, 'erp', '/sap/PRD/100', 's', i || ?2, '', '20251124100000', 'r', NULL, 0, 1 FROM n
                        """, [.text(filler)])
                }
            }
            var machine = Machine(try await TestAgent.paired(relay))
            machine.wait = 25
            let first = try await machine.sync()
            #expect(first.lease.isFresh && !first.pending.isEmpty && first.watch.isEmpty)
            #expect(first.bytes.count < 5 << 20)
            let (lost, id) = (machine, SecureRandom.system.bytes(16))
            let second = try await machine.sync(requestID: id)
            machine = lost
            let again = try await machine.sync(requestID: id)
            #expect(again.pending == second.pending && again.watch == second.watch && !again.pending.isEmpty)
            // What was read meanwhile leaves the book, and with it the place where the next page begins.
            let read = try #require(again.pending.last)
            try await relay.scope.write { statements in
                _ = try statements.run(
                    "DELETE FROM pending_key WHERE tenant = ?1 AND document_key = ?2", [.text(read.key)])
            }
            var answers = [first, again]
            while let last = answers.last, !last.pending.isEmpty || !last.watch.isEmpty {
                answers.append(try await machine.sync())
                #expect(answers.last.map { $0.lease.isGranted && !$0.lease.isFresh } == true)
            }
            let pending = answers.flatMap(\.pending).map(\.key)
            let watch = answers.flatMap(\.watch).map(\.key)
            #expect(pending.count == 9_000 && Set(pending).count == 9_000)
            #expect(watch.count == 9_000 && Set(watch).count == 9_000)
            // Only the last answer, which had nothing to tell, has waited for news.
            #expect(relay.pauses.now == 25)
        }
    }

    @Test("A long poll ends with news, else after its time; the same news is told once")
    func longPoll() async throws {
        try await TestRelay.run { relay in
            var machine = Machine(try await TestAgent.paired(relay))
            _ = try await machine.sync()
            machine.wait = 25
            _ = try await machine.sync()
            #expect(relay.pauses.now == 25)
            let since = relay.clock.now
            try await relay.scope.write { statements in
                _ = try statements.run(
                    """
                    INSERT INTO reading_request (tenant, name, source, stream, business_key, since_at, reason)
                    VALUES (?1, 'erp', '/sap/PRD/100', 'vendor_invoice', 'k', ?2, 'superseded')
                    """, [since.sql])
            }
            let news = try await machine.sync()
            #expect(news.readRequests.map(\.businessKey) == ["k"])
            #expect(relay.pauses.now == 25)
            let again = try await machine.sync()
            #expect(again.readRequests.map(\.businessKey) == ["k"] && relay.pauses.now == 50)
            #expect(again.lease.isGranted && again.lease.seconds == 45)
        }
    }

    @Test("A relay that is asked to end answers the polls that wait, and ends")
    func shutdown() async throws {
        try await TestRelay.run(waitsForEver: true) { relay in
            var machine = Machine(try await TestAgent.paired(relay))
            _ = try await machine.sync()
            machine.wait = 25
            let waiting = machine
            try await withThrowingTaskGroup(of: SyncAnswer.self) { group in
                group.addTask {
                    var machine = waiting
                    return try await machine.sync()
                }
                #expect(try await eventually { relay.pauses.now == 1 })
                await relay.group.triggerGracefulShutdown()
                let answer = try #require(try await group.next())
                #expect(answer.lease.isGranted)
            }
        }
    }

    @Test(
        "A sync that is no sync, or is signed wrong, is refused with the relay's standing where that is due")
    func malformed() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let path = "/v1/agents/\(agent.id)/sync"
            let bad = try TestAgent.problem(await agent.send(path, body: [255, 255, 255]))
            #expect(bad.type == .malformed && bad.standing != nil)
            var stranger = try TestAgent(relay)
            stranger.id = agent.id
            #expect(try TestAgent.problem(await stranger.send(path, body: [1])).type == .unknownKey)
        }
    }
}

/// One machine with its spool: what it remembers between syncs.
struct Machine {
    let agent: TestAgent
    var process = SecureRandom.system.bytes(16)
    var token: [UInt8] = []
    var highestEpoch: UInt64 = 0
    var highestCommand: UInt64 = 0
    var gates: [ClosedGate] = []
    var wait: UInt32 = 0

    init(_ agent: TestAgent) { self.agent = agent }

    mutating func sync(requestID: [UInt8]? = nil) async throws -> SyncAnswer {
        let request = SyncRequest(
            requestID: requestID ?? SecureRandom.system.bytes(16), leaseToken: token, process: process,
            created: agent.relay.clock.now.timestamp, lineages: [],
            status: AgentStatus(version: "1", host: "sap-host"), highestEpoch: highestEpoch,
            highestCommand: highestCommand, closedGates: gates, wantsLease: true, waitSeconds: wait)
        let response = try await agent.send("/v1/agents/\(agent.id)/sync", body: request.bytes)
        try #require(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
        let answer = try SyncAnswer(bytes: response.body)
        token = answer.leaseToken
        highestEpoch = max(highestEpoch, answer.lease.epoch)
        return answer
    }
}
