internal import ConnectorProtocol
package import Cryptography
package import SQLStore

/// The agent's durable memory (DESIGN 4.7): everything between SAP and the relay passes through it.
///
/// It alone may be lost: keys and secrets are in the vault. Each transaction has one owner, which is the
/// extension that it stands in: detection (`Spool+Documents`), upload (`Spool+Sealing`, `Spool+Answers`),
/// sync (`Spool+Sync`), gate and budget (`SpoolLogonGate`, `SpoolCallBudget`).
package struct Spool: Sendable {
    package let database: any SQLDatabase
    package let clock: HostClock
    package let random: SecureRandom
    package let limits: SpoolLimits
    package let schedule: RetrySchedule
    /// Notified when content was added, or an answer has changed what is to be sent.
    package let signal = WorkSignal()

    private init(
        database: any SQLDatabase, clock: HostClock, random: SecureRandom, limits: SpoolLimits,
        schedule: RetrySchedule,
    ) {
        self.database = database
        self.clock = clock
        self.random = random
        self.limits = limits
        self.schedule = schedule
    }

    /// Opens a spool, makes or renews its schema, and draws a lineage when it is new.
    /// - Throws: `SQLError`; a spool of a newer program is refused.
    package static func open(
        _ database: any SQLDatabase, clock: HostClock, random: SecureRandom = .system,
        limits: SpoolLimits = SpoolLimits(), schedule: RetrySchedule = RetrySchedule(),
    ) async throws -> Spool {
        try await database.migrate(migrations)
        let spool = Spool(
            database: database, clock: clock, random: random, limits: limits, schedule: schedule)
        let lineage = random.bytes(16)
        let now = clock.now
        try await database.write { sql in
            guard try sql.first("SELECT id FROM agent") == nil else { return }
            try sql.execute(
                "INSERT INTO lineages (lineage, drawn_at, reason) VALUES (?, ?, 'created')",
                [.blob(lineage), .integer(now)])
            try sql.execute(
                "INSERT INTO agent (id, created_at, lineage) VALUES (1, ?, ?)",
                [.integer(now), .blob(lineage)])
            try sql.execute("INSERT INTO link_health (id) VALUES (1)")
        }
        return spool
    }

    /// The schema's steps, embedded from `Agent/Resources/Migrations`.
    package static var migrations: [Migration] {
        AgentResource.texts(in: "Migrations").compactMap { Migration(fileName: $0.name, sql: $0.text) }
    }

    /// Bytes that wait for an acknowledgement; what the spool limit is compared with.
    package func waitingBytes() async throws -> Int64 {
        try await database.read { sql in
            let sealed = try sql.first("SELECT coalesce(sum(size), 0) FROM batches WHERE acknowledged = 0")
            let loose = try sql.first("SELECT coalesce(sum(length(bytes)), 0) FROM outbox")
            return try (sealed?.integer(0) ?? 0) + (loose?.integer(0) ?? 0)
        }
    }

    /// Whether polling has to stop because too much waits for the relay; 10 % are kept for pushed documents.
    package func isFull() async throws -> Bool {
        try await waitingBytes() >= limits.spoolBytesLimit / 10 * 9
    }
}

/// What the spool may grow to (DESIGN section 9).
package struct SpoolLimits: Equatable, Sendable {
    /// Content that waits for the relay.
    package var spoolBytesLimit: Int64 = 2 << 30
    /// Unpacked bytes of a batch; at most the protocol's.
    package var batchBytesLimit = ProtocolLimits.unpackedBytesLimit
    /// A poll that has spooled so much looks again whether there is room: a twentieth, but a few batches at most.
    var checkedBytes: Int { Int(min(spoolBytesLimit / 20, 16 << 20)) }
    /// Acknowledged batches, outside the spool limit.
    package var keptBytesLimit: Int64 = 512 << 20
    package var keptAge: Duration = .seconds(14 * 86_400)
    /// Ledger rows of stamps that no tier can read any more.
    package var ledgerAge: Duration = .seconds(35 * 86_400)
    /// A document is watched at most this long.
    package var watchAge: Duration = .seconds(400 * 86_400)

    package init() {}
}

extension Duration {
    /// Whole milliseconds, as the spool's `*_at` columns count.
    package var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
