import Compression
import ConnectorProtocol
import Cryptography
import HTTPTransport
import RelayCore
import SQLStore
import TestSupport
import Testing
import Values

@Suite("Batches over TLS")
struct BatchOverTLSTests {
    @Test(
        "A batch is stored as it came, acknowledged, and told to process; the same again gets the same answer"
    )
    func accepted() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let lineage = Lineage.drawn()
            let batch = try agent.seal(lineage, 1, events: 3)
            let first = try await agent.accepted(batch, lineages: [lineage])
            #expect(first.acknowledgement.isValid(as: .acknowledgement, key: relay.keys.signing.publicKey))
            let acknowledged = try Acknowledgement(bytes: first.acknowledgement.payload)
            #expect(acknowledged.manifest == batch.digest && acknowledged.sequence == 1)
            #expect(
                first.standing.heads.contains(
                    LineageHead(lineage: lineage, lane: .live, sequence: 1, digest: batch.digest)))
            #expect(first.standing.laneHeads.map(\.digest) == [batch.digest])
            relay.clock.advance(.seconds(30))
            let again = try await agent.accepted(batch)
            #expect(again.acknowledgement == first.acknowledgement)
            #expect(again.standing.time > first.standing.time)
            #expect(try await relay.count("SELECT count(*) FROM batch WHERE tenant = ?1") == 1)
            #expect(try await relay.count("SELECT count(*) FROM leaf WHERE tenant = ?1") == 3)
            #expect(
                try await relay.count("SELECT count(*) FROM event_schema WHERE tenant = ?1 AND batch = 1")
                    == 1)
            #expect(relay.stored.now == 1)
        }
    }

    @Test("A relay that died between commit and answer gives the answer that it would have given")
    func diedBeforeAnswer() async throws {
        let folder = try TemporaryFolder()
        let lineage = Lineage.drawn()
        let kept = TestRelay.Mutable<(TestAgent, SealedBatch, SignedBytes)?>(nil)
        try await TestRelay.run(in: folder) { relay in
            let agent = try await TestAgent.paired(relay)
            let batch = try agent.seal(lineage, 1)
            kept.set((agent, batch, try await agent.accepted(batch).acknowledgement))
        }
        try await TestRelay.run(in: folder) { relay in
            let (before, batch, acknowledgement) = try #require(kept.now)
            let agent = before.at(relay)
            #expect(try await agent.accepted(batch).acknowledgement == acknowledgement)
            #expect(try await relay.count("SELECT count(*) FROM batch WHERE tenant = ?1") == 1)
            _ = try await agent.accepted(agent.seal(lineage, 2, after: batch))
        }
    }

    @Test("A request that is not what was signed is refused, counted, and stores nothing")
    func tampered() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let other = try await TestAgent.paired(relay, name: "other")
            let batch = try agent.seal(Lineage.drawn(), 1)
            let foreign = try agent.seal(Lineage.drawn(), 1)
            var flipped = batch.body
            flipped[flipped.count / 2] ^= 1
            let wrongs: [(TestAgent.Wrong, ProblemType)] = [
                (.init(body: flipped), .digestMismatch),
                (.init(body: foreign.body), .digestMismatch),
                (.init(path: "/v1/agents/\(other.id)/batches"), .signatureInvalid),
                (.init(path: "/v1/agents/nobody/batches"), .unknownKey),
                (.init(drop: "Signature"), .signatureMissing),
                (.init(replace: ["Manifest-Digest": ContentDigest.field(foreign.digest)]), .signatureInvalid),
                (.init(replace: ["Content-Type": "text/plain"]), .signatureInvalid),
                // Valid, but it leaves the body out: whoever stands between could exchange it (case C151).
                (
                    .init(components: SignedComponents.batch.filter { $0 != "content-digest" }),
                    .signatureInvalid
                ),
            ]
            for (wrong, expected) in wrongs {
                let problem = try TestAgent.problem(await agent.push(batch, wrong: wrong))
                #expect(problem.type == expected)
            }
            #expect(relay.counts["batch.refused.digest-mismatch"] == 2)
            #expect(try await relay.count("SELECT count(*) FROM batch WHERE tenant = ?1") == 0)
            #expect(relay.stored.now == 0)
            _ = try await agent.accepted(batch)
        }
    }

    @Test("A manifest that its body or its sender does not fit is refused")
    func manifest() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let batch = try agent.seal(Lineage.drawn(), 1)
            let plain = try Gzip.decompress(batch.body, limit: 1 << 20)
            var changed = plain
            changed[plain.count - 1] ^= 1
            let bodies: [(String, [UInt8], ProblemType)] = [
                ("an event changed", try Gzip.compress(changed), .digestMismatch),
                ("more than the manifest names", try Gzip.compress(plain + [0]), .malformed),
                ("cut", Array(batch.body.dropLast(8)), .notOneGzipMember),
                ("two members", batch.body + batch.body, .notOneGzipMember),
                ("junk behind", batch.body + Array("XX".utf8), .notOneGzipMember),
                ("no gzip", Array("{}".utf8), .notOneGzipMember),
                ("a bomb", try Gzip.compress([UInt8](repeating: 0, count: 64 << 20)), .tooLarge),
            ]
            for (name, body, expected) in bodies {
                let problem = try TestAgent.problem(await agent.push(batch, repacked: body))
                #expect(problem.type == expected, "\(name)")
                #expect(problem.standing != nil, "\(name)")
            }
            let foreign = try agent.seal(Lineage.drawn(), 1, agent: "somebody")
            #expect(try TestAgent.problem(await agent.push(foreign)).type == .wrongAgent)
            let huge = [UInt8](repeating: 7, count: ProtocolLimits.packedBytesLimit + 1)
            #expect(try TestAgent.problem(await agent.push(batch, repacked: huge)).type == .tooLarge)
            #expect(try await relay.count("SELECT count(*) FROM batch WHERE tenant = ?1") == 0)
        }
    }

    @Test(
        "A host whose clock is three years wrong learns the relay's time from the refusal",
        arguments: [-3, 3])
    func clock(_ years: Int64) async throws {
        try await TestRelay.run { relay in
            var agent = try await TestAgent.paired(relay)
            agent.clockError = years * 365 * 86_400
            let batch = try agent.seal(Lineage.drawn(), 1)
            let response = try await agent.push(batch)
            let problem = try TestAgent.problem(response)
            #expect(problem.type == .clock)
            let time = try #require(problem.standing).time
            #expect(time == relay.clock.now.timestamp)
            #expect(String(decoding: response.body, as: UTF8.self).contains("\"relay_time\":1764000000"))
            agent.clockError = 0
            _ = try await agent.accepted(batch)
        }
    }

    @Test("A revoked agent is refused from then on, and told so; an unknown key is not told anything more")
    func revoked() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let lineage = Lineage.drawn()
            let batch = try agent.seal(lineage, 1)
            _ = try await agent.accepted(batch)
            try await relay.pairing.revoke(agent: agent.id, in: relay.scope, by: "anna")
            let next = try agent.seal(lineage, 2, after: batch)
            #expect(try TestAgent.problem(await agent.push(next)).type == .revokedKey)
            #expect(try TestAgent.problem(await agent.push(batch)).type == .revokedKey)
            var stranger = try TestAgent(relay)
            stranger.id = agent.id
            #expect(try TestAgent.problem(await stranger.push(next)).type == .unknownKey)
            #expect(try await relay.count("SELECT count(*) FROM batch WHERE tenant = ?1") == 1)
        }
    }

    @Test("Where the disk is nearly full the agent keeps its batch and is told when to come again")
    func noRoom() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let batch = try agent.seal(Lineage.drawn(), 1)
            for free in [DiskRoom.floorBytes - 1, TestRelay.total / 100 * 5 - 1] {
                relay.free.set(free)
                let response = try await agent.push(batch)
                #expect(try TestAgent.problem(response).type == .noRoom)
                #expect(response.status == 507 && response.header("retry-after") != nil)
            }
            relay.free.set(50 << 30)
            _ = try await agent.accepted(batch)
        }
    }

    @Test("The same batch sent at once by several connections is stored once, and all get one answer")
    func atOnce() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let batch = try agent.seal(Lineage.drawn(), 1, events: 50)
            let answers = try await withThrowingTaskGroup(of: BatchAnswer.self) { group in
                for _ in 0..<6 { group.addTask { try await agent.accepted(batch) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.acknowledgement)).count == 1)
            #expect(try await relay.count("SELECT count(*) FROM batch WHERE tenant = ?1") == 1)
            #expect(relay.stored.now == 1)
        }
    }

    @Test("The greatest batch is taken whole")
    func greatest() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let batch = try agent.seal(Lineage.drawn(), 1, events: ProtocolLimits.eventCountLimit)
            _ = try await agent.accepted(batch)
            #expect(try await relay.count("SELECT count(*) FROM leaf WHERE tenant = ?1") == 1_000)
        }
    }

    @Test("A database that is down is told as such, nothing is acknowledged, and the same bytes go later")
    func databaseDown() async throws {
        try await TestRelay.run { relay in
            let agent = try await TestAgent.paired(relay)
            let batch = try agent.seal(Lineage.drawn(), 1)
            let database = try await SQLiteDatabase.open(path: relay.folder.file("relay.db"))
            for table in ["leaf", "audit_entry", "agent_lookup"] {
                try await database.write { try $0.executeScript("ALTER TABLE \(table) RENAME TO gone") }
                let response = try await agent.push(batch)
                #expect(try TestAgent.problem(response).type == .unavailable)
                #expect(response.header("retry-after") != nil)
                try await database.write { try $0.executeScript("ALTER TABLE gone RENAME TO \(table)") }
            }
            #expect(try await relay.count("SELECT count(*) FROM batch WHERE tenant = ?1") == 0)
            _ = try await agent.accepted(batch)
            #expect(relay.counts["batch.refused.unavailable"] == 3)
        }
    }

    @Test("An agent of one tenant is nobody in another")
    func tenants() async throws {
        try await TestRelay.run { relay in
            let other = try #require(TenantID("other"))
            try await relay.store.makeTenant(other, name: "Other", now: relay.clock.now)
            let agent = try await TestAgent.paired(relay)
            let token = try await relay.pairing.invite(in: relay.store.scope(other), name: "erp", by: "bob")
            var foreign = try TestAgent(relay)
            let answer = try PairingAnswer(bytes: await foreign.pair(token).body)
            foreign.id = try PairingReceipt(bytes: answer.receipt.payload).agent
            _ = try await foreign.accepted(foreign.seal(Lineage.drawn(), 1))
            #expect(try await relay.count("SELECT count(*) FROM batch WHERE tenant = ?1") == 0)
            #expect(try await relay.pairing.agents(in: relay.scope).map(\.agent) == [agent.id])
            // Its key at the other's address, and the other way round.
            var mixed = foreign
            mixed.id = agent.id
            let batch = try mixed.seal(Lineage.drawn(), 1)
            #expect(try TestAgent.problem(await mixed.push(batch)).type == .unknownKey)
            await #expect(throws: PairingError.self) {
                try await relay.pairing.revoke(agent: foreign.id, in: relay.scope, by: "anna")
            }
        }
    }

    @Test("Other addresses and methods are answered with a problem document")
    func elsewhere() async throws {
        try await TestRelay.run { relay in
            for path in ["/", "/v1/agents/a/other", "/v1/agents//batches", "/v1/pairing/hello/x", "/w/abc"] {
                let response = try await relay.post(path, fields: [], body: [0])
                #expect(response.status == 404)
                #expect(response.header("content-type") == "application/problem+json")
            }
        }
    }
}

extension TestAgent {
    /// The same agent in front of a restarted relay.
    func at(_ relay: TestRelay) -> TestAgent {
        var agent = TestAgent(relay, key: key)
        agent.id = id
        return agent
    }
}
