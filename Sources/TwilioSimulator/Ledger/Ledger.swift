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

    /// Sets down a create, and the messages that it became; an empty list means refused.
    func record(
        _ create: ReceivedCreate, status: Int, code: Int?, messages: [StoredMessage], faults: [Fault],
        nowMs: Int64,
    ) async throws {
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO create_request (at_ms, channel, accepted, status, code, sid, recipient, sender, service,
                    body, callback_url, correlation, fault, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(nowMs), .text(create.channel), SQLValue(!messages.isEmpty), SQLValue(status),
                    SQLValue(code), SQLValue(messages.first?.sid), .text(create.to), .text(create.from),
                    SQLValue(create.service), .text(create.body), SQLValue(create.callbackURL),
                    SQLValue(create.correlation),
                    SQLValue(faults.isEmpty ? nil : faults.map(\.kind.rawValue).joined(separator: ",")),
                    .text(create.raw),
                ])
            for message in messages {
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
        }
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
    func advance(_ sid: String, to status: String, code: Int64?, nowMs: Int64) async throws {
        try await database.write { connection in
            _ = try connection.execute(
                """
                UPDATE message SET status = ?2, error_code = ?3, updated_ms = ?4,
                    sent_ms = CASE WHEN ?2 IN ('sent', 'processed') THEN coalesce(sent_ms, ?4) ELSE sent_ms END
                WHERE sid = ?1
                """, [.text(sid), .text(status), SQLValue(code), .integer(nowMs)])
        }
    }

    /// Sets down a callback before it is sent.
    func plan(_ sid: String, event: String, url: String, body: String, state: String, nowMs: Int64)
        async throws -> Int64
    {
        try await database.write { connection in
            try connection.execute(
                "INSERT INTO callback (sid, event, url, body, state, tries, planned_ms) VALUES (?, ?, ?, ?, ?, 0, ?)",
                [.text(sid), .text(event), .text(url), .text(body), .text(state), .integer(nowMs)])
            return connection.lastInsertedRow
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
