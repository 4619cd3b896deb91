import Cryptography
import HTTPTransport
import Logging
import Messaging
import SQLStore
import Synchronization
import TestSupport
import Testing

@testable import RelayCore

/// Clocks that stand still unless a test moves them.
final class OwnedClocks: Sendable {
    private let state = Mutex((wall: SendingWorld.start, monotonic: Duration.zero))

    var clock: RelayClock {
        RelayClock(now: { self.now }, monotonic: { self.state.withLock { $0.monotonic } })
    }
    var now: Moment { state.withLock { $0.wall } }

    /// As the provider's own clock shows it: no setting of ours moves it.
    var unset: RelayClock {
        RelayClock(
            now: { SendingWorld.start + self.state.withLock { $0.monotonic } },
            monotonic: { self.state.withLock { $0.monotonic } })
    }

    /// Sets the wall clock ahead, or back.
    func set(by jump: Duration) { state.withLock { $0.wall = $0.wall + jump } }
    func advance(_ duration: Duration) {
        state.withLock { state in
            state.wall = state.wall + duration
            state.monotonic += duration
        }
    }
}

/// A relay of one tenant with a provider that obeys, and clocks that its test owns.
struct SendingWorld: Sendable {
    let scope: TenantScope
    let provider: FakeProvider
    let keys: RelayKeys
    let times: SendTimes
    let clocks = OwnedClocks()
    let database: UnansweringDatabase
    let faults: FaultyDatabase
    private let folder: TemporaryFolder

    static let start = Moment(milliseconds: 1_780_000_000_000)
    var now: Moment { clocks.now }

    init(listLag: Duration = .zero, change: (inout SendTimes) -> Void = { _ in }) async throws {
        folder = try TemporaryFolder()
        var times = SendTimes()
        change(&times)
        self.times = times
        let real = try await SQLiteDatabase.open(path: folder.file("relay.db"))
        try await real.migrate(RelayResources.sqliteMigrations())
        faults = FaultyDatabase(real)
        database = UnansweringDatabase(faults)
        let store = RelayStore(database: database)
        try await store.initialise(now: Self.start, random: .system)
        try await store.makeTenant(.first, name: "Test", now: Self.start)
        scope = store.scope(.first)
        provider = FakeProvider(clock: clocks.unset, listLag: listLag)
        let vault = Vault(
            path: folder.file("vault"), masterKey: try MasterKey(raw: [UInt8](repeating: 9, count: 32)))
        keys = try RelayKeys.create(in: vault, now: Self.start)
        try await addAccount("sms", provider: "twilio", secret: "auth_token")
        try await addAccount("mail", provider: "sendgrid", secret: "api_key")
        _ = try await scope.write { statements in
            #expect(try statements.next(.event) == 1)
            return try statements.run(
                """
                INSERT INTO event (tenant, event, id, kind, type, source, subject, business_key, transition,
                    version, origin, told, time_at, known_at, detected_at, received_at, journaled_at)
                VALUES (?1, 1, x'01', 'fact', 't', 's', '4500000001', 'k', 'created', '1', 'live', 1, 0, 0, 0, 0, 0)
                """)
        }
    }

    func addAccount(_ name: String, provider: String, secret: String, perSecond: Int = 100) async throws {
        let secrets = TenantSecrets(keys: keys)
        let now = now
        try await scope.write { statements in
            try statements.run(
                """
                INSERT INTO provider_account (tenant, account, provider, identity, base_url, webhook,
                    public_url, settings, created_at)
                VALUES (?1, ?2, ?3, 'AC1', 'https://api.example.com', ?4, 'https://relay.example.com', ?5, 0)
                """,
                [
                    .text(name), .text(provider), .text("hook-" + name),
                    .text(#"{"limits":{"per_second":\#(perSecond)},"senders":{}}"#),
                ])
            try secrets.set(
                statements, name: "\(name).\(secret)", value: Secret("s"), by: "test", now: now)
        }
    }

    func context(transport: (any Transport)? = nil, hasRoom: Bool = true) throws -> DispatchContext {
        DispatchContext(
            scope: scope, keys: keys, catalogue: try .carried(), transport: transport ?? provider,
            times: times, clock: clocks.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, hasRoom: { hasRoom },
            jitter: { 0.5 }, sleep: { _ in })
    }

    /// A node that takes the tenant, whoever held it.
    func node(_ name: String) async throws -> SendingNode {
        let now = now
        let ownership = try await scope.write { statements in
            try TenantOwnership.take(statements, node: name, deadOwner: true, now: now)
        }
        let context = try context()
        return SendingNode(
            ownership: try #require(ownership),
            dispatch: DispatchLoop(context: context, wakeUp: WakeUp(), applyWakeUp: WakeUp()),
            apply: ApplyLoop(context: context, wakeUp: WakeUp(), dispatchWakeUp: WakeUp()), world: self)
    }

    /// A notification as process makes it; its id.
    @discardableResult
    func add(
        _ id: String = "n1", channel: String = "sms", to address: String = "+491511234567",
        body: String = "Order 4500000001", policy: String = "at-most-once", account: String? = nil,
        rule: String = "r", state: String = "scheduled", deadline: Duration = .seconds(86_400),
        sender: String? = nil,
    ) async throws -> String {
        let now = now
        _ = try await scope.write { statements in
            try statements.run(
                """
                INSERT INTO notification (tenant, notification, event, rule_set, rule, channel, role, address,
                    account, sender, subject, body, state, due_at, deadline_at, delivery_policy, created_at,
                    changed_at, held_reason)
                VALUES (?1, ?2, 1, 1, ?3, ?4, 'buyer', ?5, ?6, ?7, 'Subject', ?8, ?9, ?10, ?11, ?12, ?10, ?10,
                    ?13)
                """,
                [
                    .text(id), .text(rule), .text(channel), .text(address),
                    .text(account ?? (channel == "sms" ? "sms" : "mail")),
                    .text(sender ?? (channel == "sms" ? "+15005550006" : "alerts@example.com")), .text(body),
                    .text(state), now.sql, (now + deadline).sql, .text(policy),
                    SQLValue(state == "held" ? "cap" : nil),
                ])
        }
        return id
    }

    /// One SMS whose answer was lost, before any listing.
    static func lost(
        taken: Bool, policy: String = "at-most-once", listLag: Duration = .zero, sender: String? = nil,
    ) async throws -> (SendingWorld, SendingNode) {
        let world = try await SendingWorld(listLag: listLag)
        try await world.add(policy: policy, sender: sender)
        let node = try await world.node("a")
        world.provider.plan(taken ? .acceptAndLose : .lose)
        try await node.send()
        #expect(try await world.stage() == .unconfirmed)
        return (world, node)
    }

    func load(_ id: String = "n1") async throws -> NotificationState {
        try #require(try await scope.read { try NotificationStore($0).load(id) }).0
    }
    func stage(_ id: String = "n1") async throws -> NotificationState.Stage { try await load(id).stage }

    /// Evidence as the webhook's receiver stores it, for the attempt that a message of the provider was marked with.
    func callback(
        _ status: String, of message: FakeProvider.Message, code: String? = nil, detail: String = "{}",
    ) async throws {
        let parts = message.mark.split(separator: "/").suffix(3).map(String.init)
        let (notification, n) = (parts[0], Int64(parts[1]) ?? 0)
        let now = now
        let key = keys.nonceKey
        try await scope.write { statements in
            let incarnation = try statements.first("SELECT incarnation FROM tenant WHERE tenant = ?1")?.blob(
                0)
            let proved = AttemptNonce.incarnation(
                of: parts[2], key: key, tenant: .first, notification: notification, n: n,
                among: incarnation.map { [$0] } ?? [])
            #expect(proved != nil)
            try Self.store(
                statements, notification: notification, incarnation: proved, n: n, status: status,
                sid: message.sid, code: code, detail: detail, now: now)
        }
    }

    /// A message of a person to the number that the tests send from, as the webhook's receiver takes it.
    func inbound(_ text: String, from: String = "+491511234567", sid: String? = nil) async throws {
        let form = FormEncoding.encode([
            ("MessageSid", sid ?? "SM\(UInt32.random(in: 0...UInt32.max))"), ("SmsStatus", "received"),
            ("Body", text), ("From", from), ("To", "+15005550006"),
        ])
        let transaction = CallbackTransaction(
            webhook: "hook-sms", account: "sms", provider: "twilio", signer: "primary",
            request: WebhookRequest(
                method: "POST", target: "/w/hook-sms", fields: [], body: Array(form.utf8)),
            pieces: [.twilio(form: Array(form.utf8), attempt: nil)], nonceKey: keys.nonceKey,
            newIncarnation: [UInt8](repeating: 8, count: 16), now: now)
        let outcome = try await scope.write { try transaction.run($0) }
        #expect(outcome.unknown == 0 && !outcome.hasLostCommits)
    }

    static func store(
        _ statements: TenantStatements, notification: String?, incarnation: [UInt8]?, n: Int64?,
        status: String, sid: String?, code: String? = nil, detail: String = "{}", now: Moment,
    ) throws {
        let number = try statements.next(.evidence)
        try statements.run(
            """
            INSERT INTO evidence (tenant, evidence, kind, notification, incarnation, n, status, sid,
                error_code, detail, received_at)
            VALUES (?1, ?2, 'callback', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """,
            [
                .integer(number), SQLValue(notification), SQLValue(incarnation), SQLValue(n), .text(status),
                SQLValue(sid), SQLValue(code), .text(detail), now.sql,
            ])
        try statements.run(
            "UPDATE notification SET evidence = evidence + 1 WHERE tenant = ?1 AND notification IS ?2",
            [SQLValue(notification)])
    }

    func run(_ sql: String, _ values: [SQLValue] = []) async throws {
        _ = try await scope.write { try $0.run(sql, values) }
    }
    func audits(of subject: String = "n1") async throws -> [String] {
        try await scope.read { statements in
            try statements.rows(
                "SELECT action FROM audit_entry WHERE tenant = ?1 AND subject = ?2 ORDER BY rowid",
                [.text(subject)]
            ).map { try $0.text(0) }
        }
    }
}

/// One node with its loops; throwing it away is a kill.
struct SendingNode: Sendable {
    let ownership: TenantOwnership
    let dispatch: DispatchLoop
    let apply: ApplyLoop
    let world: SendingWorld

    /// Moves the clocks, with the lease renewed as its keeper does.
    func advance(_ duration: Duration) async throws {
        world.clocks.advance(duration)
        let now = world.now
        // The keeper renews every 10 s; a test moves the clock by more at once.
        try await world.run(
            "UPDATE tenant SET lease_until = ?2 WHERE tenant = ?1 AND epoch = ?3",
            [(now + TenantOwnership.lease).sql, .integer(ownership.epoch)])
    }

    @discardableResult
    func send() async throws -> Bool { try await dispatch.turn(as: ownership) }
    @discardableResult
    func settle() async throws -> Bool { try await apply.turn(as: ownership) }

    /// Turns of both loops until neither has anything to do.
    func turns() async throws {
        for _ in 0..<20 {
            let applied = try await apply.turn(as: ownership)
            let sent = try await dispatch.turn(as: ownership)
            if !applied, !sent { return }
        }
        Issue.record("The loops do not come to rest")
    }
}
