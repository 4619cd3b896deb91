import SQLStore

extension SQLStoreConformance {
    private struct Refusal: Error {}

    static let transactions: [Check] = [
        Check(description: "What a write throws takes back everything it wrote") { database in
            try await database.write { _ = try $0.execute("CREATE TABLE t (v INTEGER NOT NULL)") }
            do {
                try await database.write { connection in
                    try connection.execute("INSERT INTO t VALUES (1)")
                    throw Refusal()
                }
            } catch is Refusal {}
            try await require(0, in: database)
        },
        Check(description: "A savepoint takes back its own writes and no others") { database in
            try await database.write { connection in
                try connection.execute("CREATE TABLE t (v INTEGER NOT NULL)")
                try connection.execute("INSERT INTO t VALUES (1)")
                do {
                    try connection.savepoint("inner") {
                        try connection.execute("INSERT INTO t VALUES (2)")
                        throw Refusal()
                    }
                } catch is Refusal {}
                try connection.savepoint("inner") { _ = try connection.execute("INSERT INTO t VALUES (3)") }
            }
            let rows = try await database.read {
                try $0.query("SELECT v FROM t ORDER BY v").map { try $0.integer(0) }
            }
            try SQLStoreConformance.require(rows == [1, 3], "rows are \(rows)")
        },
        Check(description: "A read may not write") { database in
            try await database.write { _ = try $0.execute("CREATE TABLE t (v INTEGER NOT NULL)") }
            _ = try await mustThrow("a write in a read") {
                try await database.read { _ = try $0.execute("INSERT INTO t VALUES (1)") }
            }
            try await require(0, in: database)
        },
        Check(description: "A broken rule says which kind it is, and the database goes on") { database in
            try await database.write { connection in
                try connection.execute(
                    "CREATE TABLE t (v INTEGER NOT NULL PRIMARY KEY, w TEXT NOT NULL UNIQUE)")
                try connection.execute("CREATE TABLE u (v INTEGER NOT NULL REFERENCES t (v))")
                try connection.execute("INSERT INTO t VALUES (1, 'a')")
            }
            for (sql, expected): (String, SQLError.Constraint) in [
                ("INSERT INTO t VALUES (1, 'b')", .primaryKey), ("INSERT INTO t VALUES (2, 'a')", .unique),
                ("INSERT INTO u VALUES (9)", .foreignKey), ("INSERT INTO t VALUES (3, NULL)", .notNull),
            ] {
                let error = try await mustThrow(sql) { try await database.write { _ = try $0.execute(sql) } }
                guard case .constraint(expected, _) = error else {
                    throw Violation(description: "\(sql): \(error)")
                }
            }
            try await require(1, in: database)
        },
        Check(description: "Many writers lose no increment") { database in
            try await database.write { connection in
                try connection.execute("CREATE TABLE t (v INTEGER NOT NULL)")
                try connection.execute("INSERT INTO t VALUES (0)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await database.write { connection in
                            let now = try connection.first("SELECT v FROM t")?.integer(0) ?? 0
                            try connection.execute("UPDATE t SET v = ?", [.integer(now + 1)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let value = try await database.read { try $0.first("SELECT v FROM t")?.integer(0) }
            try SQLStoreConformance.require(value == 50, "the counter stands at \(String(describing: value))")
        },
    ]

    private static func require(_ count: Int64, in database: any SQLDatabase) async throws {
        let found = try await database.read { try $0.first("SELECT count(*) FROM t")?.integer(0) }
        try require(found == count, "\(count) rows are expected, \(String(describing: found)) are there")
    }
}
