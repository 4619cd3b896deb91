internal import Cryptography
package import SAPAccess
internal import SQLStore
internal import Synchronization

/// The logon gate of every system, client and user, in the spool (DESIGN 4.6): one attempt in flight, durable
/// before it is made; one refusal or two attempts with unknown outcome close it.
package struct SpoolLogonGate: LogonGate {
    private let spool: Spool
    private let owner: ProcessOwner
    private let patience: Int
    private let wait: @Sendable () async throws -> Void
    private let unwritten = UnwrittenOutcomes()

    /// - Parameters:
    ///   - patience: how often a busy gate is asked again before `begin` gives up.
    ///   - wait: called between two tries.
    package init(
        spool: Spool, owner: ProcessOwner, patience: Int = 50,
        wait: @escaping @Sendable () async throws -> Void,
    ) {
        self.spool = spool
        self.owner = owner
        self.patience = patience
        self.wait = wait
    }

    /// Commits an attempt before it is made; an attempt of a process that has ended counts as unknown.
    package func begin(_ identity: LogonIdentity) async throws -> LogonAttempt {
        for _ in 0..<patience {
            if let attempt = try await tryToBegin(identity) { return attempt }
            try await wait()
        }
        throw LogonGateError.busy(identity)
    }

    /// Clears the attempt, and closes the gate after a refusal or the second unknown outcome in a row.
    ///
    /// What cannot be written is kept for the next `begin`: this process lives on, and its attempt would bar the
    /// gate until it ends.
    package func end(_ attempt: LogonAttempt, _ outcome: LogonOutcome) async throws {
        let key = attempt.identity.columns
        let id = Hexadecimal.decode(attempt.id) ?? []
        let now = spool.clock.now
        do {
            try await spool.database.write { try $0.settle(key, attempt: id, outcome, at: now) }
        } catch {
            unwritten.keep(outcome, of: id, attempt.identity)
            throw error
        }
        unwritten.forget([id])
    }

    /// Opens every closed gate again: a person has entered another secret, or asked for one more try.
    /// - Returns: how many were closed.
    @discardableResult
    package func retry() async throws -> Int {
        let now = spool.clock.now
        return try await spool.database.write { sql in
            // What other hosts closed before this does not count here any more.
            try sql.execute("UPDATE agent SET secrets_at = ?", [.integer(now)])
            return try sql.execute(
                """
                UPDATE logon_gates SET closed = 0, closed_at = NULL, closed_reason = NULL, unknown = 0, proven = 0
                WHERE closed = 1
                """)
        }
    }

    /// One try, committed; nil while a living process has an attempt in flight.
    private func tryToBegin(_ identity: LogonIdentity) async throws -> LogonAttempt? {
        let id = spool.random.bytes(16)
        let now = spool.clock.now
        let key = identity.columns
        let owner = owner
        let unwritten = unwritten.of(identity)
        enum Found: Sendable { case begun, busy, closed(String) }
        let found: Found = try await spool.database.write { sql in
            try sql.execute(
                "INSERT INTO logon_gates (system, client, user) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", key)
            for (attempt, outcome) in unwritten {
                try sql.settle(key, attempt: attempt, outcome, at: now)
            }
            let row = try sql.first(
                "SELECT * FROM logon_gates WHERE system = ? AND client = ? AND user = ?", key)
            if let holder = try row?.optionalText("attempt_owner") {
                if holder == owner.name || owner.isAlive(holder) { return .busy }
                try sql.countUnknown(key, at: now)
            }
            let gate = try sql.first(
                "SELECT closed, closed_reason FROM logon_gates WHERE system = ? AND client = ? AND user = ?",
                key)
            if let gate, try gate.boolean(0) { return .closed(try gate.optionalText(1) ?? "closed") }
            try sql.execute(
                """
                UPDATE logon_gates SET attempt = ?, attempt_owner = ?, attempt_at = ?
                WHERE system = ? AND client = ? AND user = ?
                """, [.blob(id), .text(owner.name), .integer(now)] + key)
            return .begun
        }
        self.unwritten.forget(unwritten.map(\.attempt))
        switch found {
        case .begun: return LogonAttempt(identity: identity, id: Hexadecimal.encode(id))
        case .busy: return nil
        case .closed(let reason): throw LogonGateError.closed(identity, reason: reason)
        }
    }
}

extension SQLDatabase {
    /// The gates of a spool as they stand, for the spool that takes its place.
    func logonGates() async throws -> [SQLRow] {
        try await read { sql in
            try sql.query(
                """
                SELECT system, client, user, attempt, attempt_owner, attempt_at, unknown, closed, closed_at,
                    closed_reason FROM logon_gates
                """)
        }
    }
}

extension Spool {
    /// Gives a spool that is new the gates of the one before it.
    func recall(gates: [SQLRow]) async throws {
        try await database.write { sql in
            for gate in gates {
                try sql.execute(
                    """
                    INSERT INTO logon_gates (system, client, user, attempt, attempt_owner, attempt_at, unknown,
                        closed, closed_at, closed_reason)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """, gate.values)
            }
        }
    }
}

extension LogonIdentity {
    fileprivate var columns: [SQLValue] { [.text(system), .text(client), .text(user)] }
}

/// Ends of attempts of this process that the spool could not take.
private final class UnwrittenOutcomes: Sendable {
    private let kept = Mutex<[[UInt8]: (identity: LogonIdentity, outcome: LogonOutcome)]>([:])

    func keep(_ outcome: LogonOutcome, of attempt: [UInt8], _ identity: LogonIdentity) {
        kept.withLock { $0[attempt] = (identity, outcome) }
    }

    func of(_ identity: LogonIdentity) -> [(attempt: [UInt8], outcome: LogonOutcome)] {
        kept.withLock { kept in
            kept.filter { $1.identity == identity }.map { (attempt: $0, outcome: $1.outcome) }
        }
    }

    func forget(_ attempts: [[UInt8]]) {
        kept.withLock { kept in for attempt in attempts { kept[attempt] = nil } }
    }
}

extension SQLConnection {
    fileprivate func settle(
        _ key: [SQLValue], attempt: [UInt8], _ outcome: LogonOutcome, at now: Int64,
    ) throws {
        let cleared = try execute(
            """
            UPDATE logon_gates SET attempt = NULL, attempt_owner = NULL
            WHERE system = ? AND client = ? AND user = ? AND attempt = ?
            """, key + [.blob(attempt)])
        // Somebody found this process dead and counted the attempt as unknown already.
        guard cleared > 0 else { return }
        switch outcome {
        case .succeeded:
            try execute(
                """
                UPDATE logon_gates SET unknown = 0, proven = 1
                WHERE system = ? AND client = ? AND user = ?
                """, key)
        case .refused(let sentence): try closeGate(key, reason: sentence, at: now)
        case .unknown: try countUnknown(key, at: now)
        case .notMade: break
        }
    }

    fileprivate func closeGate(_ key: [SQLValue], reason: String, at now: Int64) throws {
        try execute(
            """
            UPDATE logon_gates SET closed = 1, closed_at = ?, closed_reason = ?, proven = 0,
                attempt = NULL, attempt_owner = NULL
            WHERE system = ? AND client = ? AND user = ?
            """, [.integer(now), .text(reason)] + key)
    }

    /// Counts an attempt whose outcome nobody heard; the second in a row closes the gate.
    fileprivate func countUnknown(_ key: [SQLValue], at now: Int64) throws {
        try execute(
            """
            UPDATE logon_gates SET unknown = unknown + 1, attempt = NULL, attempt_owner = NULL
            WHERE system = ? AND client = ? AND user = ?
            """, key)
        let row = try first(
            "SELECT unknown FROM logon_gates WHERE system = ? AND client = ? AND user = ?", key)
        guard let row, try row.integer(0) >= 2 else { return }
        try closeGate(key, reason: "two attempts to log on ended without an answer", at: now)
    }
}
