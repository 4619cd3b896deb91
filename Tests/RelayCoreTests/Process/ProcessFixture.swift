import ConnectorProtocol
import Cryptography
import Logging
import SQLStore
import Synchronization
import TestSupport
import Testing
import Values

@testable import RelayCore

/// A tenant in a real database with two paired agents, an SMS and a mail account, and a clock that stands still.
final class ProcessFixture: Sendable {
    static let source = "/sap/PRD/100"
    /// 2026-11-25T09:00:00Z.
    static let start = Moment(milliseconds: 1_795_597_200_000)

    let scope: TenantScope
    let rules: RuleSets
    let loop: ProcessLoop
    let owner: TenantOwnership
    let database: FaultyDatabase
    let received = WakeUp()
    let scheduled = WakeUp()
    private let time: OwnedTime
    private let sequences = Mutex<[String: Int64]>([:])

    init(policy: String = "flag") async throws {
        let folder = try TemporaryFolder()
        let real = try await SQLiteDatabase.open(path: folder.file("relay.db"))
        try await real.migrate(RelayResources.sqliteMigrations())
        database = FaultyDatabase(real)
        let time = OwnedTime(Self.start)
        self.time = time
        let store = RelayStore(database: database)
        try await store.initialise(now: Self.start, random: .system)
        try await store.makeTenant(.first, name: "First", now: Self.start)
        scope = store.scope(.first)
        rules = RuleSets(scope: scope)
        owner = try await scope.write { statements in
            try Self.prepare(statements, policy: policy)
            let owner = try TenantOwnership.take(statements, node: "node", deadOwner: true, now: Self.start)
            return try #require(owner)
        }
        loop = Self.loop(scope, rules, time, received, scheduled)
    }

    /// A second loop with nothing in memory, as after a restart.
    func restarted() -> ProcessLoop { Self.loop(scope, RuleSets(scope: scope), time, received, scheduled) }

    private static func loop(
        _ scope: TenantScope, _ rules: RuleSets, _ time: OwnedTime, _ received: WakeUp,
        _ scheduled: WakeUp,
    ) -> ProcessLoop {
        ProcessLoop(
            scope: scope, rules: rules,
            clock: RelayClock(now: { time.now }, monotonic: { time.now.since(Self.start) }),
            received: received, scheduled: scheduled, logger: Logger(label: "test"))
    }

    private static func prepare(_ statements: TenantStatements, policy: String) throws {
        for agent in ["agent-a", "agent-b"] {
            try statements.run(
                "INSERT INTO agent (tenant, agent, name, created_at) VALUES (?1, ?2, 'plant', ?3)",
                [.text(agent), start.sql])
        }
        try statements.run("UPDATE tenant SET ref_doc_no_policy = ?2 WHERE tenant = ?1", [.text(policy)])
        let accounts = [
            ("mail", "sendgrid", #"{"senders":{"email":{"from":"alerts@example.com","name":"Alerts"}}}"#),
            ("text", "twilio", #"{"senders":{"sms":{"from":"+4915735990000"}}}"#),
        ]
        for (account, provider, settings) in accounts {
            try statements.run(
                """
                INSERT INTO provider_account
                    (tenant, account, provider, base_url, webhook, public_url, settings, created_at)
                VALUES (?1, ?2, ?3, 'https://example.com', ?2, 'https://example.com', ?4, 0)
                """, [.text(account), .text(provider), .text(settings)])
        }
    }

    // MARK: Time, rules, batches

    var now: Moment { time.now }

    func advance(_ duration: Duration) async throws {
        time.advance(duration)
        let (now, owner) = (time.now, owner)
        _ = try await scope.write { statements in
            try statements.run(
                "UPDATE tenant SET lease_until = ?2 WHERE tenant = ?1 AND epoch = \(owner.epoch)",
                [(now + .seconds(30)).sql])
        }
    }

    func apply(_ yaml: String) async throws {
        _ = try await rules.apply(yaml, by: "test", now: now)
    }

    /// Stores events as receive does.
    @discardableResult
    func receive(
        _ events: [Event], agent: String = "agent-a", lineage: UInt8 = 1, lane: String = "live",
    ) async throws -> Int64 {
        try await receive(bytes: events.map(\.bytes), agent: agent, lineage: lineage, lane: lane)
    }

    @discardableResult
    func receive(
        bytes: [[UInt8]], agent: String = "agent-a", lineage: UInt8 = 1, lane: String = "live",
    ) async throws -> Int64 {
        let sequence = sequences.withLock { known in
            known["\(agent) \(lineage) \(lane)", default: 0] += 1
            return known["\(agent) \(lineage) \(lane)", default: 0]
        }
        let now = now
        return try await scope.write { statements in
            let batch = try statements.next(.batch)
            try statements.run(
                """
                INSERT INTO batch
                    (tenant, batch, agent, lineage, lane, seq, digest, manifest, key_id, signature_input,
                     signature, signature_base, event_count, received_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, x'00', 'k', 's', x'00', x'00', ?8, ?9)
                """,
                [
                    .integer(batch), .text(agent), .blob(Array(repeating: lineage, count: 16)), .text(lane),
                    .integer(sequence), .blob(SecureRandom.system.bytes(32)), .integer(Int64(bytes.count)),
                    now.sql,
                ])
            for (position, event) in bytes.enumerated() {
                try statements.run(
                    "INSERT INTO leaf (tenant, batch, position, salt, bytes) VALUES (?1, ?2, ?3, x'00', ?4)",
                    [.integer(batch), .integer(Int64(position)), .blob(event)])
            }
            return batch
        }
    }

    /// Turns until nothing is left to do.
    func settle(_ loop: ProcessLoop? = nil) async throws {
        while try await (loop ?? self.loop).turn(as: owner) {}
    }

    // MARK: Looking

    func rows(_ sql: String) async throws -> [SQLRow] { try await scope.read { try $0.rows(sql) } }

    func texts(_ sql: String) async throws -> [String] { try await rows(sql).map { try $0.text(0) } }

    func count(_ table: String, where condition: String = "true") async throws -> Int64 {
        let rows = try await rows("SELECT count(*) FROM \(table) WHERE tenant = ?1 AND \(condition)")
        return try #require(rows.first).integer(0)
    }
}

/// A wall clock that a test moves.
final class OwnedTime: Sendable {
    private let moment: Mutex<Moment>

    init(_ start: Moment) { moment = Mutex(start) }

    var now: Moment { moment.withLock { $0 } }

    func advance(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }
}
