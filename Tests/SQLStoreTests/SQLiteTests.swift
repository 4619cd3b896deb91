import Foundation
import SQLStore
import SQLStoreConformance
import TestSupport
import Testing

@Suite("SQLite")
struct SQLiteTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("SQLite keeps the contract of every engine", arguments: SQLStoreConformance.checks)
    func conformance(_ check: SQLStoreConformance.Check) async throws {
        let database = try await SQLiteDatabase.open(path: folder.file("store"), synchronous: .normal)
        try await check.run(database)
        await database.close()
    }

    @Test("A commit is still there after the database was closed and opened")
    func reopened() async throws {
        let path = folder.file("store")
        let database = try await SQLiteDatabase.open(path: path)
        try await database.write { connection in
            try connection.execute("CREATE TABLE t (v TEXT)")
            try connection.execute("INSERT INTO t VALUES ('a')")
        }
        await database.close()
        let again = try await SQLiteDatabase.open(path: path)
        #expect(try await again.read { try $0.first("SELECT v FROM t")?.text(0) } == "a")
        await again.close()
    }

    @Test("The file is for its owner alone")
    func permissions() async throws {
        let path = folder.file("store")
        let database = try await SQLiteDatabase.open(path: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        await database.close()
    }

    @Test("Synchronous FULL and a write-ahead log are on")
    func durability() async throws {
        let database = try await SQLiteDatabase.open(path: folder.file("store"))
        let (journal, synchronous) = try await database.write { connection in
            (
                try connection.first("PRAGMA journal_mode")?.text(0),
                try connection.first("PRAGMA synchronous")?.integer(0)
            )
        }
        #expect(journal == "wal")
        #expect(synchronous == 2)
        await database.close()
    }

    @Test("Two programs' writers wait for each other and get no busy error (case C141)")
    func twoWriters() async throws {
        let path = folder.file("store")
        let one = try await SQLiteDatabase.open(path: path)
        let two = try await SQLiteDatabase.open(path: path)
        try await one.write { connection in
            try connection.execute("CREATE TABLE t (v INTEGER)")
            try connection.execute("INSERT INTO t VALUES (0)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for database in [one, two] {
                group.addTask {
                    for _ in 0..<40 {
                        try await database.write { connection in
                            let now = try connection.first("SELECT v FROM t")?.integer(0) ?? 0
                            try connection.execute("UPDATE t SET v = ?", [.integer(now + 1)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await one.read { try $0.first("SELECT v FROM t")?.integer(0) } == 80)
        await one.close()
        await two.close()
    }

    @Test("A judge reads what another connection commits, and cannot write")
    func readOnly() async throws {
        let path = folder.file("store")
        let database = try await SQLiteDatabase.open(path: path)
        try await database.write { _ = try $0.execute("CREATE TABLE t (v INTEGER)") }
        let judge = try await SQLiteDatabase.openReadOnly(path: path)
        try await database.write { _ = try $0.execute("INSERT INTO t VALUES (7)") }
        #expect(try await judge.read { try $0.first("SELECT v FROM t")?.integer(0) } == 7)
        await #expect(throws: SQLError.readOnly) {
            try await judge.write { _ = try $0.execute("DELETE FROM t") }
        }
        await judge.close()
        await database.close()
    }

    @Test("A file that is no database is named as such")
    func noDatabase() async throws {
        let path = folder.file("store")
        try String(repeating: "not a database ", count: 200).write(
            toFile: path, atomically: true, encoding: .utf8)
        do {
            let database = try await SQLiteDatabase.open(path: path)
            await database.close()
            Issue.record("a text file was opened as a database")
        } catch let error as SQLError {
            guard case .corrupt = error else {
                Issue.record("\(error)")
                return
            }
            #expect(error.description.contains(path), "\(error)")
        }
    }

    @Test("What follows a transaction that SQLite ended by itself is not committed alone")
    func endedTransaction() async throws {
        let database = try await SQLiteDatabase.open(path: folder.file("store"))
        _ = try await database.write { try $0.execute("CREATE TABLE t (v INTEGER NOT NULL UNIQUE)") }
        await #expect(throws: SQLError.transactionEnded) {
            try await database.write { connection in
                try connection.execute("INSERT INTO t VALUES (1)")
                do {
                    try connection.savepoint("inner") {
                        _ = try connection.execute("INSERT OR ROLLBACK INTO t VALUES (1)")
                    }
                } catch SQLError.constraint {}
                try connection.execute("INSERT INTO t VALUES (2)")
            }
        }
        #expect(try await database.read { try $0.first("SELECT count(*) FROM t")?.integer(0) } == 0)
        _ = try await database.write { try $0.execute("INSERT INTO t VALUES (3)") }
        #expect(try await database.read { try $0.first("SELECT count(*) FROM t")?.integer(0) } == 1)
        await database.close()
    }

    @Test("After closing, calls say so")
    func closed() async throws {
        let database = try await SQLiteDatabase.open(path: folder.file("store"))
        await database.close()
        await #expect(throws: SQLError.closed) { try await database.read { _ in } }
        await #expect(throws: SQLError.closed) { try await database.write { _ in } }
    }

    @Test(
        "A migration's number and name come from its file",
        arguments: [
            ("0007_outbox_leases.sql", 7, "outbox_leases"), ("0001_a.sql", 1, "a"),
        ])
    func fileNames(_ file: String, _ number: Int, _ name: String) {
        let migration = Migration(fileName: file, sql: "")
        #expect(migration?.number == number)
        #expect(migration?.name == name)
    }

    @Test(
        "Other file names are no migration",
        arguments: ["a.sql", "0000_a.sql", "-1_a.sql", "0001_a.txt", "x_a.sql"])
    func otherFileNames(_ file: String) { #expect(Migration(fileName: file, sql: "") == nil) }
}
