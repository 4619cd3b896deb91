import ConnectorProtocol
import Cryptography
import RelayCore
import SQLStore
import Testing

@Suite("The audit log and its proof")
struct AuditTests {
    /// A relay that has taken in two batches of two events, all of it sealed.
    private static func filled(_ relay: TestRelay) async throws {
        let agent = try await TestAgent.paired(relay)
        let lineage = Lineage.drawn()
        let one = try agent.seal(lineage, 1, events: 2)
        _ = try await agent.accepted(one)
        _ = try await agent.accepted(agent.seal(lineage, 2, after: one, events: 2))
        try await seal(relay)
    }

    private static func seal(_ relay: TestRelay) async throws {
        let incarnation = try #require(try await relay.store.incarnation())
        let until = relay.clock.now + .seconds(3_600)
        _ = try await relay.scope.write { statements in
            try statements.run(
                "UPDATE tenant SET owner = 'n', epoch = 1, lease_until = ?2 WHERE tenant = ?1", [until.sql])
        }
        let owner = TenantOwnership(tenant: .first, incarnation: incarnation, epoch: 1, node: "n")
        let loop = SealLoop(scope: relay.scope, clock: relay.clock.relayClock)
        while try await loop.turn(as: owner) {}
    }

    @Test("What committed is numbered without a hole, and the head leaves the relay with the next answer")
    func sealed() async throws {
        try await TestRelay.run { relay in
            try await Self.filled(relay)
            let report = try await AuditVerifier(scope: relay.scope).verify()
            #expect(report.broken == nil)
            #expect(report.entries == 4 && report.unsealed == 0)
            #expect(report.batches == 2 && report.leaves == 4)
            let agent = try await TestAgent.paired(relay, name: "other")
            let answer = try await agent.accepted(agent.seal(Lineage.drawn(), 1))
            let head = try #require(answer.standing.audit)
            #expect(head.number == 4)
            try await Self.seal(relay)
            let kept = [
                AuditVerifier.KeptHead(number: 4, digest: head.digest),
                AuditVerifier.KeptHead(number: nil, digest: head.digest),
            ]
            let later = try await AuditVerifier(scope: relay.scope).verify(heads: kept)
            #expect(later.broken == nil && later.heads == 2 && later.entries == 7)
            let moved = AuditVerifier.KeptHead(number: 3, digest: head.digest)
            let wrong = try await AuditVerifier(scope: relay.scope).verify(heads: [moved])
            #expect(wrong.broken?.link == "audit entry 3")
        }
    }

    static let breaks: [(String, String)] = [
        ("UPDATE audit_entry SET actor = 'eve' WHERE tenant = ?1 AND number = 2", "audit entry 2"),
        ("DELETE FROM audit_entry WHERE tenant = ?1 AND number = 3", "audit entry 3"),
        ("DELETE FROM audit_entry WHERE tenant = ?1 AND number = 4", "audit entry 4"),
        ("UPDATE audit_seal SET head = zeroblob(32) WHERE tenant = ?1", "audit entry 4"),
        (
            "UPDATE leaf SET bytes = x'00' WHERE tenant = ?1 AND batch = 2 AND position = 1",
            "event 1 of batch 2"
        ),
        (
            "UPDATE leaf SET bytes = NULL WHERE tenant = ?1 AND batch = 1 AND position = 0",
            "event 0 of batch 1"
        ),
        ("DELETE FROM leaf WHERE tenant = ?1 AND batch = 2 AND position = 0", "event 0 of batch 2"),
        ("INSERT INTO leaf (tenant, batch, position) VALUES (?1, 1, 2)", "batch 1"),
        ("UPDATE batch SET signature = zeroblob(64) WHERE tenant = ?1 AND batch = 1", "batch 1"),
        ("UPDATE batch SET manifest = x'00' WHERE tenant = ?1 AND batch = 2", "batch 2"),
        ("UPDATE batch SET seq = 7 WHERE tenant = ?1 AND batch = 2", "batch 2"),
        ("UPDATE batch SET digest = zeroblob(32) WHERE tenant = ?1 AND batch = 2", "batch 2"),
        ("UPDATE agent_key SET public_key = zeroblob(32) WHERE tenant = ?1", "batch 1"),
    ]

    @Test("The first broken link is named", arguments: breaks)
    func broken(_ sql: String, _ link: String) async throws {
        try await TestRelay.run { relay in
            try await Self.filled(relay)
            _ = try await relay.scope.write { try $0.run(sql) }
            let report = try await AuditVerifier(scope: relay.scope).verify()
            #expect(report.broken?.link == link, "\(report.broken?.sentence ?? "")")
        }
    }

    @Test("A log rewritten as a whole is consistent in itself, and differs from the heads that agents keep")
    func rewritten() async throws {
        try await TestRelay.run { relay in
            try await Self.filled(relay)
            let agent = try await TestAgent.paired(relay, name: "other")
            let head = try #require(try await agent.accepted(agent.seal(Lineage.drawn(), 1)).standing.audit)
            _ = try await relay.scope.write { statements in
                try statements.run("DELETE FROM audit_seal WHERE tenant = ?1")
                try statements.run(
                    "UPDATE audit_entry SET actor = 'eve' WHERE tenant = ?1 AND action = 'agent.invited'")
                return try statements.run(
                    "UPDATE audit_entry SET number = NULL, chain = NULL WHERE tenant = ?1")
            }
            try await Self.seal(relay)
            #expect(try await AuditVerifier(scope: relay.scope).verify().broken == nil)
            let kept = AuditVerifier.KeptHead(number: 4, digest: head.digest)
            let report = try await AuditVerifier(scope: relay.scope).verify(heads: [kept])
            #expect(report.broken?.link == "audit entry 4")
        }
    }

    @Test("A log that was cut with its seals is consistent in itself, and lacks the head that an agent keeps")
    func cut() async throws {
        try await TestRelay.run { relay in
            try await Self.filled(relay)
            let agent = try await TestAgent.paired(relay, name: "other")
            let lineage = Lineage.drawn()
            let one = try agent.seal(lineage, 1)
            _ = try await agent.accepted(one)
            try await Self.seal(relay)
            let two = try agent.seal(lineage, 2, after: one)
            let head = try #require(try await agent.accepted(two).standing.audit)
            _ = try await relay.scope.write { statements in
                try statements.run("DELETE FROM audit_seal WHERE tenant = ?1 AND number > 4")
                try statements.run("DELETE FROM leaf WHERE tenant = ?1 AND batch > 2")
                try statements.run("DELETE FROM batch WHERE tenant = ?1 AND batch > 2")
                return try statements.run(
                    "DELETE FROM audit_entry WHERE tenant = ?1 AND (number > 4 OR number IS NULL)")
            }
            let verifier = AuditVerifier(scope: relay.scope)
            #expect(try await verifier.verify().broken == nil)
            let kept = try AuditVerifier.KeptHead.read("# of agent other\n\n\(head.digest.hexadecimal)\n")
            #expect(
                try await verifier.verify(heads: kept).broken?.link == "the head \(head.digest.hexadecimal)")
        }
    }

    @Test(
        "A file of heads names the first line that is none",
        arguments: ["zz", "x \(digits)", "1 2 \(digits)", "ab"])
    func heads(_ line: String) throws {
        let wrong = #expect(throws: AuditVerifier.KeptHead.WrongLine.self) {
            try AuditVerifier.KeptHead.read("7 \(Self.digits)\n" + line)
        }
        #expect(wrong?.number == 2)
    }

    @Test("Heads are read whatever ends their lines", arguments: ["\n", "\r\n", "\r"])
    func lineEnds(_ end: String) throws {
        let heads = try AuditVerifier.KeptHead.read(
            "# of agent erp\(end)7 \(Self.digits)\(end)\(Self.digits)\(end)")
        #expect(heads.map(\.number) == [7, nil])
    }
    static let digits = String(repeating: "0f", count: 32)

    @Test("What was erased on request says so and breaks nothing")
    func erased() async throws {
        try await TestRelay.run { relay in
            try await Self.filled(relay)
            let now = relay.clock.now
            _ = try await relay.scope.write { statements in
                try statements.run(
                    """
                    UPDATE leaf SET salt = NULL, bytes = NULL, erased_at = ?2, erased_by = 'anna'
                    WHERE tenant = ?1 AND batch = 1 AND position = 1
                    """, [now.sql])
            }
            let report = try await AuditVerifier(scope: relay.scope).verify()
            #expect(report.broken == nil && report.leaves == 3)
            #expect(report.erased == [.init(what: "event 1 of batch 1", at: now.description, by: "anna")])
        }
    }

    @Test("Only the tenant's owner seals")
    func owner() async throws {
        try await TestRelay.run { relay in
            try await Self.filled(relay)
            _ = try await TestAgent.paired(relay, name: "other")
            let stale = TenantOwnership(
                tenant: .first, incarnation: try #require(try await relay.store.incarnation()), epoch: 0,
                node: "n")
            let loop = SealLoop(scope: relay.scope, clock: relay.clock.relayClock)
            await #expect(throws: TenancyError.notOwner(.first)) { try await loop.turn(as: stale) }
        }
    }
}
