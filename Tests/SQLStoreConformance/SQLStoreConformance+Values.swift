import SQLStore

extension SQLStoreConformance {
    static let values: [Check] = [
        Check(description: "Every kind of value comes back as it was stored") { database in
            let stored: [SQLValue] = [
                .integer(.min), .integer(.max), .real(-0.5), .text(""), .text("Müller 😘 'x'"),
                .text("a\u{0}b"),
                .blob([]), .blob([0, 255, 39]), .null,
            ]
            for value in stored {
                let back = try await database.read { try $0.first("SELECT ? AS v", [value])?.value("v") }
                try require(back == value, "\(value) came back as \(String(describing: back))")
            }
        },
        Check(description: "A value of another kind is refused and nothing is converted") { database in
            for (sql, read) in mismatches {
                let error = try await mustThrow(sql) {
                    try await database.read { connection in
                        guard let row = try connection.first(sql) else { return }
                        try read(row)
                    }
                }
                guard case .wrongType = error else { throw Violation(description: "\(sql): \(error)") }
            }
        },
        Check(description: "A column that is not there is an error, by name and by position") { database in
            for read: @Sendable (SQLRow) throws -> Void in [
                { _ = try $0.text("b") }, { _ = try $0.integer(1) }, { _ = try $0.integer(-1) },
            ] {
                let error = try await mustThrow("a missing column") {
                    try await database.read { connection in
                        if let row = try connection.first("SELECT 1 AS a") { try read(row) }
                    }
                }
                guard case .noSuchColumn = error else { throw Violation(description: "\(error)") }
            }
        },
        Check(description: "An injected quote stays data") { database in
            let text = "'; DROP TABLE t; --"
            try await database.write { connection in
                try connection.execute("CREATE TABLE t (v TEXT NOT NULL)")
                try connection.execute("INSERT INTO t VALUES (?)", [.text(text)])
            }
            let back = try await database.read { try $0.query("SELECT v FROM t").map { try $0.text(0) } }
            try require(back == [text], "stored \(text), read \(back)")
        },
        Check(description: "Streaming visits every row in order and stops where the body throws") {
            database in
            struct Enough: Error {}
            let seen = try await database.read { connection in
                var seen: [Int64] = []
                do {
                    try connection.forEach("SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 ORDER BY n") {
                        row in
                        seen.append(try row.integer("n"))
                        if seen.count == 2 { throw Enough() }
                    }
                } catch is Enough {}
                return seen
            }
            try require(seen == [1, 2], "saw \(seen)")
        },
    ]

    private static let mismatches: [(String, @Sendable (SQLRow) throws -> Void)] = [
        ("SELECT 'a'", { _ = try $0.integer(0) }), ("SELECT 1", { _ = try $0.text(0) }),
        ("SELECT 1", { _ = try $0.blob(0) }), ("SELECT NULL", { _ = try $0.text(0) }),
        ("SELECT 2", { _ = try $0.boolean(0) }), ("SELECT 1", { _ = try $0.real(0) }),
    ]
}
