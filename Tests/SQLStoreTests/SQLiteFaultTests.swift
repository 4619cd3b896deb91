import Foundation
import Glibc
import SQLStore
import TestSupport
import Testing

/// What a damaged file, a full disk and many openers do to a database.
@Suite("SQLite and its file")
struct SQLiteFaultTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Programs that make one database at once all get it")
    func openedAtOnce() async throws {
        for round in 0..<8 {
            let path = folder.file("store\(round)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let database = try await SQLiteDatabase.open(path: path)
                        try await database.write { connection in
                            try connection.execute("CREATE TABLE IF NOT EXISTS t (v INTEGER)")
                            try connection.execute("INSERT INTO t VALUES (?)", [.integer(Int64(number))])
                        }
                        await database.close()
                    }
                }
                try await group.waitForAll()
            }
            let judge = try await SQLiteDatabase.openReadOnly(path: path)
            #expect(try await judge.read { try $0.first("SELECT count(*) FROM t")?.integer(0) } == 8)
            await judge.close()
        }
    }

    @Test("A damaged page is named with its file, and other tables can be read on")
    func damagedPage() async throws {
        let path = folder.file("store")
        let database = try await SQLiteDatabase.open(path: path)
        try await database.write { connection in
            try connection.execute("CREATE TABLE good (v TEXT)")
            try connection.execute("INSERT INTO good VALUES ('kept')")
            try connection.execute("CREATE TABLE bad (v TEXT)")
            for _ in 0..<200 {
                try connection.execute(
                    "INSERT INTO bad VALUES (?)", [.text(String(repeating: "x", count: 900))])
            }
        }
        let root = try await database.read {
            try $0.first("SELECT rootpage FROM sqlite_schema WHERE name = 'bad'")?.integer(0)
        }
        await database.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: UInt64(try #require(root) - 1) * 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
        try file.close()

        let again = try await SQLiteDatabase.open(path: path)
        let error = await #expect(throws: SQLError.self) {
            _ = try await again.read { try $0.query("SELECT v FROM bad") }
        }
        guard case .corrupt(let reason) = error else {
            Issue.record("\(error.debugDescription)")
            return
        }
        #expect(reason.hasPrefix(path))
        #expect(try await again.read { try $0.first("SELECT v FROM good")?.text(0) } == "kept")
        await again.close()
    }

    @Test("A log that cannot be made names the database")
    func unusableLog() async throws {
        let path = folder.file("store")
        await (try SQLiteDatabase.open(path: path)).close()
        try FileManager.default.createDirectory(atPath: path + "-wal", withIntermediateDirectories: false)
        let error = await #expect(throws: SQLError.self) { _ = try await SQLiteDatabase.open(path: path) }
        #expect(error?.description.contains(path) == true, "\(error.debugDescription)")
    }

    @Test("Where no more room is given, it is the full disk, nothing is kept, and it goes on with room")
    func noRoom() async {
        // In a process of its own: the limit is the whole process's.
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let path = try TemporaryFolder().file("store")
            let database = try await SQLiteDatabase.open(path: path)
            _ = try await database.write { try $0.execute("CREATE TABLE t (v BLOB)") }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            limit.rlim_cur = 300_000
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            await #expect(throws: SQLError.full) {
                try await database.write { connection in
                    for _ in 0..<8 {
                        try connection.execute(
                            "INSERT INTO t VALUES (?)", [.blob([UInt8](repeating: 1, count: 100_000))])
                    }
                }
            }
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(try await database.read { try $0.first("SELECT count(*) FROM t")?.integer(0) } == 0)
            _ = try await database.write { try $0.execute("INSERT INTO t VALUES (x'01')") }
            #expect(try await database.read { try $0.first("SELECT count(*) FROM t")?.integer(0) } == 1)
            await database.close()
        }
    }
}
