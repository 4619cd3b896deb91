import Foundation
import SQLStore

/// The simulator's own truth: every create it received, what it accepted, and every callback it sent.
struct Ledger: Sendable {
    private let database: SQLiteDatabase

    /// The schema; Sources/README.md explains it to those who judge by it.
    private static let schema = Migration(
        number: 1, name: "ledger",
        sql: """
            CREATE TABLE create_request (
                id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, channel TEXT NOT NULL, accepted INTEGER NOT NULL,
                status INTEGER NOT NULL, code INTEGER, sid TEXT, recipient TEXT NOT NULL, sender TEXT NOT NULL,
                service TEXT, body TEXT NOT NULL, callback_url TEXT, correlation TEXT, fault TEXT, raw TEXT NOT NULL
            );
            CREATE TABLE message (
                sid TEXT NOT NULL PRIMARY KEY, channel TEXT NOT NULL, status TEXT NOT NULL, error_code INTEGER,
                recipient TEXT NOT NULL, sender TEXT NOT NULL, service TEXT, body TEXT NOT NULL, callback_url TEXT,
                correlation TEXT, created_ms INTEGER NOT NULL, sent_ms INTEGER, updated_ms INTEGER NOT NULL
            );
            CREATE INDEX message_by_recipient ON message (recipient, created_ms);
            CREATE TABLE setting (
                id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL
            );
            CREATE TABLE step (
                id INTEGER PRIMARY KEY, sid TEXT NOT NULL, status TEXT NOT NULL, code INTEGER,
                due_ms INTEGER NOT NULL, done_ms INTEGER
            );
            CREATE TABLE callback (
                id INTEGER PRIMARY KEY, sid TEXT NOT NULL, event TEXT NOT NULL, url TEXT NOT NULL,
                body TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, answer INTEGER,
                planned_ms INTEGER NOT NULL, finished_ms INTEGER
            );
            """)

    init(path: String) async throws {
        // Nobody restarts from it after a power failure, so a commit need not wait for the disk.
        database = try await SQLiteDatabase.open(path: path, synchronous: .normal)
        try await database.migrate([Self.schema])
    }

    func close() async { await database.close() }

    /// What was set last over the control port; nil where nothing ever was.
    func settings() async throws -> PlaySettings? {
        let text = try await database.read { try $0.first("SELECT json FROM setting")?.text(0) }
        return try text.map { try JSONDecoder().decode(PlaySettings.self, from: Data($0.utf8)) }
    }

    /// Keeps settings for the next simulator with this ledger: what comes in while it starts is played by them.
    func keep(_ settings: PlaySettings) async throws {
        let json = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
        try await database.write { connection in
            _ = try connection.execute("REPLACE INTO setting (id, json) VALUES (1, ?)", [.text(json)])
        }
    }

    /// Sets down a create, and the messages that it became with all that is planned for them, at once.
    ///
    /// A simulator that is killed goes on with them when it is started again. An empty list means refused.
    /// - Returns: the messages with the rows of what is planned.
    func record(
        _ create: ReceivedCreate, status: Int, code: Int?, messages: [PlannedMessage], faults: [Fault],
        nowMs: Int64,
    ) async throws -> [PlannedMessage] {
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO create_request (at_ms, channel, accepted, status, code, sid, recipient, sender, service,
                    body, callback_url, correlation, fault, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(nowMs), .text(create.channel), SQLValue(!messages.isEmpty), SQLValue(status),
                    SQLValue(code), SQLValue(messages.first?.message.sid), .text(create.to),
                    .text(create.from), SQLValue(create.service), .text(create.body),
                    SQLValue(create.callbackURL), SQLValue(create.correlation),
                    SQLValue(faults.isEmpty ? nil : faults.map(\.kind.rawValue).joined(separator: ",")),
                    .text(create.raw),
                ])
            return try messages.map { planned in
                try Self.insert(planned.message, connection)
                var kept = planned
                for index in kept.steps.indices {
                    kept.steps[index].id = try Self.insert(kept.steps[index], connection)
                }
                for index in kept.callbacks.indices {
                    kept.callbacks[index].id = try Self.insert(kept.callbacks[index], connection)
                }
                return kept
            }
        }
    }

    private static func insert(_ message: StoredMessage, _ connection: SQLConnection) throws {
        try connection.execute(
            "INSERT INTO message (\(StoredMessage.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(message.sid), .text(message.channel), .text(message.status),
                SQLValue(message.errorCode), .text(message.to), .text(message.from),
                SQLValue(message.service), .text(message.body), SQLValue(message.callbackURL),
                SQLValue(message.correlation), .integer(message.createdMs), SQLValue(message.sentMs),
                .integer(message.updatedMs),
            ])
    }

    private static func insert(_ step: PlannedStep, _ connection: SQLConnection) throws -> Int64 {
        try connection.execute(
            "INSERT INTO step (sid, status, code, due_ms) VALUES (?, ?, ?, ?)",
            [.text(step.sid), .text(step.status), SQLValue(step.code), .integer(step.dueMs)])
        return connection.lastInsertedRow
    }

    private static func insert(_ callback: PlannedCallback, _ connection: SQLConnection) throws -> Int64 {
        try connection.execute(
            "INSERT INTO callback (sid, event, url, body, state, tries, planned_ms) VALUES (?, ?, ?, ?, ?, 0, ?)",
            [
                .text(callback.sid), .text(callback.event), .text(callback.target.url), .text(callback.body),
                .text(callback.isWithheld ? "withheld" : "waiting"), .integer(callback.dueMs),
            ])
        return connection.lastInsertedRow
    }

    func message(_ sid: String) async throws -> StoredMessage? {
        try await database.read { connection in
            try connection.first("SELECT \(StoredMessage.columns) FROM message WHERE sid = ?", [.text(sid)])
                .map(StoredMessage.init)
        }
    }

    /// SMS, newest first.
    func messages(to: String?, from: String?, createdBefore limitMs: Int64) async throws -> [StoredMessage] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT \(StoredMessage.columns) FROM message WHERE channel = 'sms' AND created_ms <= ?1
                    AND (?2 IS NULL OR recipient = ?2) AND (?3 IS NULL OR sender = ?3)
                ORDER BY created_ms DESC, rowid DESC
                """, [.integer(limitMs), SQLValue(to), SQLValue(from)]
            ).map(StoredMessage.init)
        }
    }

    /// Sets the status of a message; `sent_ms` is set by the first `sent` or `processed`.
    func advance(_ step: PlannedStep, nowMs: Int64) async throws {
        try await database.write { connection in
            _ = try connection.execute(
                """
                UPDATE message SET status = ?2, error_code = ?3, updated_ms = ?4,
                    sent_ms = CASE WHEN ?2 IN ('sent', 'processed') THEN coalesce(sent_ms, ?4) ELSE sent_ms END
                WHERE sid = ?1
                """, [.text(step.sid), .text(step.status), SQLValue(step.code), .integer(nowMs)])
            _ = try connection.execute(
                "UPDATE step SET done_ms = ?2 WHERE id = ?1", [.integer(step.id), .integer(nowMs)])
        }
    }

    /// Steps that are still to come.
    func openSteps() async throws -> [PlannedStep] {
        try await database.read { connection in
            try connection.query(
                "SELECT id, sid, status, code, due_ms FROM step WHERE done_ms IS NULL ORDER BY due_ms, id"
            ).map { row in
                PlannedStep(
                    id: try row.integer(0), sid: try row.text(1), status: try row.text(2),
                    code: try row.optionalInteger(3), dueMs: try row.integer(4))
            }
        }
    }

    /// Callbacks that are still to be sent, or sent again.
    func openCallbacks() async throws -> [PlannedCallback] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT c.id, c.sid, c.event, c.url, c.body, c.tries, c.planned_ms, m.channel, m.callback_url
                FROM callback c JOIN message m ON m.sid = c.sid
                WHERE c.state = 'waiting' ORDER BY c.planned_ms, c.id
                """
            ).compactMap { row in
                // What an SMS's address says of retries stands in the fragment, which is not called.
                let address = try row.optionalText(8) ?? row.text(3)
                return try CallbackTarget(address).map { target in
                    PlannedCallback(
                        id: try row.integer(0), sid: try row.text(1), event: try row.text(2), target: target,
                        body: try row.text(4), isEmail: try row.text(7) == "email",
                        dueMs: try row.integer(6), tries: Int(try row.integer(5)))
                }
            }
        }
    }

    /// Sets down one try of a callback and what came back; no answer is nil.
    func tried(_ id: Int64, state: String, answer: Int?, nowMs: Int64) async throws {
        try await database.write { connection in
            _ = try connection.execute(
                "UPDATE callback SET state = ?2, answer = ?3, finished_ms = ?4, tries = tries + 1 WHERE id = ?1",
                [.integer(id), .text(state), SQLValue(answer), .integer(nowMs)])
        }
    }

    /// Counts by channel and outcome, by status, and by state of the callbacks.
    func summary() async throws -> JSONValue {
        try await database.read { connection in
            func counts(_ sql: String) throws -> JSONValue {
                var members: [String: JSONValue] = [:]
                try connection.forEach(sql) { members[try $0.text(0)] = .integer(try $0.integer(1)) }
                return .object(members)
            }
            return .object([
                "creates": try counts(
                    """
                    SELECT channel || CASE accepted WHEN 1 THEN '.accepted' ELSE '.refused' END, count(*)
                    FROM create_request GROUP BY 1
                    """),
                "messages": try counts("SELECT channel || '.' || status, count(*) FROM message GROUP BY 1"),
                "callbacks": try counts("SELECT state, count(*) FROM callback GROUP BY 1"),
            ])
        }
    }
}
