import SQLStore
import Synchronization

/// How many writes a disk still takes.
final class DiskRoom: Sendable {
    private let writes = Mutex<Int?>(nil)

    /// From now on there is room for so many writes; nil for as many as come.
    func leave(_ count: Int?) { writes.withLock { $0 = count } }

    var isExhausted: Bool { writes.withLock { $0 == 0 } }

    fileprivate func take() -> Bool {
        writes.withLock { writes in
            guard let left = writes else { return true }
            writes = max(0, left - 1)
            return left > 0
        }
    }
}

/// A database on a disk that a test fills and frees; what a full one does not take is taken back whole.
final class FillingDisk: SQLDatabase {
    let room: DiskRoom
    private let real: any SQLDatabase

    init(_ real: any SQLDatabase, room: DiskRoom = DiskRoom()) {
        self.real = real
        self.room = room
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (SQLConnection) throws -> T) async throws -> T {
        try await real.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (SQLConnection) throws -> T) async throws -> T {
        guard room.take() else { throw SQLError.full }
        return try await real.write(body)
    }
}
