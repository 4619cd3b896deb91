import Cryptography
import Foundation
import Logging
import RelayCore
import SQLStore

/// The receiving and the deciding half of a relay on a database of its own, with one rule.
struct MeasuredRelay: Sendable {
    /// What the rule makes of each order.
    enum Rule: Sendable {
        /// It is asked and says no.
        case quiet
        /// It says yes: one message an order, rendered, addressed and scheduled.
        case sending
    }

    private let receiver: BatchReceiver
    private let loop: ProcessLoop
    private let owner: TenantOwnership
    private let scope: TenantScope

    /// A relay that has paired the agent of `maker` and knows the buyer.
    init(path: String, rule: Rule, maker: inout BatchMaker) async throws {
        let clock = Self.clock()
        let now = clock.now
        let store = try await RelayStore.open(path: path)
        try await store.initialise(now: now, random: .system)
        try await store.makeTenant(.first, name: "Benchmark", now: now)
        let scope = store.scope(.first)
        let key = maker.key.publicKey
        try await scope.write { try Self.prepare($0, key: key, now: now) }
        guard let incarnation = try await store.incarnation() else {
            throw BenchmarkError.wrong("the relay has no incarnation")
        }
        let logger = Logger(label: "benchmarks") { _ in SwiftLogNoOpLogHandler() }
        let rules = RuleSets(scope: scope)
        _ = try await rules.apply(Self.yaml(rule), by: "benchmark", now: now)
        self.scope = scope
        owner = TenantOwnership(tenant: .first, incarnation: incarnation, epoch: 1, node: "benchmark")
        receiver = BatchReceiver(
            reception: Reception(store: store, clock: clock, logger: logger),
            signing: try Ed25519.PrivateKey(), room: DiskRoom(volumeOf: path), stored: { _ in })
        loop = ProcessLoop(
            scope: scope, rules: rules, clock: clock, received: WakeUp(), scheduled: WakeUp(), logger: logger)
        let beginning = try maker.beginning()
        _ = try await receive([beginning])
        _ = try await process()
    }

    /// Takes batches in as a request of an agent does.
    /// - Returns: seconds that it took.
    func receive(_ batches: [BatchMaker.Made]) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        for batch in batches {
            let reply = await receiver.receive(batch.request)
            if let problem = reply.problem {
                throw BenchmarkError.wrong("the relay refused a batch: \(problem)")
            }
        }
        return start.duration(to: clock.now).seconds
    }

    /// Turns until nothing is left to do.
    /// - Returns: seconds that it took.
    func process() async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        while try await loop.turn(as: owner) {}
        return start.duration(to: clock.now).seconds
    }

    /// Rows of `table`.
    func count(_ table: String) async throws -> Int {
        try await scope.read { statements in
            Int(
                try statements.first("SELECT count(*) FROM \(table) WHERE tenant = ?1")?.integer(0) ?? 0)
        }
    }

    private static func clock() -> RelayClock {
        let start = ContinuousClock.now
        return RelayClock(
            now: { Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) },
            monotonic: { start.duration(to: .now) })
    }

    private static func prepare(
        _ statements: TenantStatements, key: Ed25519.PublicKey, now: Moment,
    ) throws {
        try statements.registerAgent(BatchMaker.agent)
        try statements.run(
            "INSERT INTO agent (tenant, agent, name, created_at) VALUES (?1, ?2, 'plant', ?3)",
            [.text(BatchMaker.agent), now.sql])
        try statements.run(
            """
            INSERT INTO agent_key (tenant, agent, key_id, number, public_key, state, since_at)
            VALUES (?1, ?2, ?3, 1, ?4, 'current', ?5)
            """,
            [.text(BatchMaker.agent), .text(BatchMaker.keyID(key)), .blob(key.raw), now.sql])
        try statements.run(
            """
            INSERT INTO provider_account
                (tenant, account, provider, base_url, webhook, public_url, settings, created_at)
            VALUES (?1, 'twilio', 'twilio', 'https://example.com', 'w', 'https://example.com', ?2, 0)
            """, [.text(#"{"senders":{"sms":{"from":"+4915735990000"}}}"#)])
        try statements.run(
            "UPDATE tenant SET owner = 'benchmark', epoch = 1, lease_until = ?2, country = 'DE' WHERE tenant = ?1",
            [(now + .seconds(86_400)).sql])
    }

    private static func yaml(_ rule: Rule) -> String {
        """
        rules:
          - name: order-to-buyer
            on: sap.purchase_order.created
            when: e.total_net \(rule == .quiet ? ">" : "<") 1000000 && e.company_code == "1000"
            notify:
              - { channel: sms, recipients: [buyer], template: order }
        templates:
          order:
            sms: "Order {{e.number}} for {{e.vendor_name}}: {{e.total_net}} {{e.currency}}."

        """
    }
}
