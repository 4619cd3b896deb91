import SQLStore
import Synchronization

/// A database that commits, and does not always say so: as after a fail-over.
final class UnansweringDatabase: SQLDatabase {
    struct NoAnswer: Error {}
    private let real: any SQLDatabase
    private let isSilent = Mutex(false)

    init(_ real: any SQLDatabase) { self.real = real }

    /// The next write transaction is committed, and its answer is lost.
    func loseAnswer() { isSilent.withLock { $0 = true } }

    func read<T: Sendable>(_ body: @escaping @Sendable (SQLConnection) throws -> T) async throws -> T {
        try await real.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (SQLConnection) throws -> T) async throws -> T {
        let isLost = isSilent.withLock { isSilent in
            defer { isSilent = false }
            return isSilent
        }
        let answer = try await real.write(body)
        if isLost { throw NoAnswer() }
        return answer
    }
}
