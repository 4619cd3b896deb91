import Dispatch

/// One connection and the serial queue that alone touches it, so that SQLite never blocks the cooperative pool.
///
/// `@unchecked Sendable` because `connection` is only read and written by work on `queue`; SQLStoreTests hammers
/// it from many tasks, also under the thread sanitizer.
final class SQLiteLane: @unchecked Sendable {
    private let queue: DispatchQueue
    private var connection: SQLiteConnection?

    init(name: String) { queue = DispatchQueue(label: name) }

    /// Makes the connection on the queue.
    func open(_ make: @escaping @Sendable () throws -> SQLiteConnection) async throws {
        try await perform { self.connection = try make() }
    }

    /// Runs `body` with the connection, after all calls made before.
    func run<T: Sendable>(_ body: @escaping @Sendable (SQLiteConnection) throws -> T) async throws -> T {
        try await perform {
            guard let connection = self.connection else { throw SQLError.closed }
            return try body(connection)
        }
    }

    /// Closes the connection after all calls made before.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.connection = nil
                continuation.resume()
            }
        }
    }

    private func perform<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
