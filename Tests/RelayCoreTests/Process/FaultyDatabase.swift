import SQLStore
import Synchronization

/// What a test throws where a process would have been killed.
struct Killed: Error {}

/// A database whose write transactions end at a statement that a test names, as if the process were killed there.
final class FaultyDatabase: SQLDatabase {
    private let real: any SQLDatabase
    private let left = Mutex<Int?>(nil)
    private let interruption = Mutex<(@Sendable (SQLConnection) throws -> Void)?>(nil)

    init(_ real: any SQLDatabase) { self.real = real }

    /// Ends the next write transaction before its statement number `count`, from 0.
    func kill(before count: Int) { left.withLock { $0 = count } }

    /// Runs `body` in a transaction of its own just before the next write transaction begins.
    func interrupt(_ body: @escaping @Sendable (SQLConnection) throws -> Void) {
        interruption.withLock { $0 = body }
    }

    /// Whether a kill that was ordered has not happened; takes the order back.
    func spare() -> Bool {
        left.withLock { left in
            defer { left = nil }
            return left != nil
        }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (SQLConnection) throws -> T) async throws -> T {
        try await real.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (SQLConnection) throws -> T) async throws -> T {
        let first = interruption.withLock { interruption in
            defer { interruption = nil }
            return interruption
        }
        if let first { try await real.write(first) }
        return try await real.write { connection in
            try body(SQLConnection(KillingDriver(connection) { try self.step() }))
        }
    }

    private func step() throws {
        try left.withLock { left in
            guard let count = left else { return }
            left = count - 1
            if count <= 0 {
                left = nil
                throw Killed()
            }
        }
    }
}

/// Passes statements on, and asks before each.
private final class KillingDriver: SQLDriver {
    private let connection: SQLConnection
    private let before: () throws -> Void

    init(_ connection: SQLConnection, before: @escaping () throws -> Void) {
        self.connection = connection
        self.before = before
    }

    func run(
        _ sql: String, _ values: [SQLValue], onRow: (any SQLColumns) throws -> Bool,
    ) throws -> Int {
        try before()
        guard sql.hasPrefix("SELECT") || sql.contains("RETURNING") else {
            return try connection.execute(sql, values)
        }
        for row in try connection.query(sql, values) where try !onRow(row) { break }
        return 0
    }

    func runScript(_ sql: String) throws(SQLError) { try connection.executeScript(sql) }

    var lastInsertedRow: Int64 { connection.lastInsertedRow }
}
