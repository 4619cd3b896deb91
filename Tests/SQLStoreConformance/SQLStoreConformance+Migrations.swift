import SQLStore

extension SQLStoreConformance {
    private static let first = Migration(
        number: 1, name: "one", sql: "CREATE TABLE a (v INTEGER); CREATE TABLE b (v INTEGER);")
    private static let second = Migration(number: 2, name: "two", sql: "ALTER TABLE a ADD COLUMN w TEXT;")

    static let migrations: [Check] = [
        Check(description: "Migrations apply once, in order") { database in
            try require(try await database.migrate([first]) == [1], "the first is applied")
            try require(try await database.migrate([first, second]) == [2], "then only the second")
            try require(try await database.migrate([first, second]) == [], "then none")
        },
        Check(description: "A database from the future is refused") { database in
            try await database.migrate([first, second])
            let error = try await mustThrow("an older program") { try await database.migrate([first]) }
            try require(error == .schemaFromTheFuture(found: 2, known: 1), "\(error)")
        },
        Check(description: "A migration that was changed after it ran is refused") { database in
            try await database.migrate([first])
            let changed = Migration(number: 1, name: "one", sql: first.sql + " ")
            let error = try await mustThrow("a changed migration") { try await database.migrate([changed]) }
            try require(error == .migrationChanged(number: 1, name: "one"), "\(error)")
        },
        Check(description: "A migration that fails leaves nothing behind") { database in
            let broken = Migration(
                number: 2, name: "broken", sql: "CREATE TABLE c (v INTEGER); CREATE TABLE a (v INTEGER);")
            try await database.migrate([first])
            _ = try await mustThrow("a broken migration") { try await database.migrate([first, broken]) }
            try require(try await database.migrate([first, second]) == [2], "the second then applies")
        },
        Check(description: "A gap in the numbers is refused") { database in
            let error = try await mustThrow("a gap") { try await database.migrate([second]) }
            try require(error == .migrationsOutOfOrder(number: 2, name: "two"), "\(error)")
        },
    ]
}
