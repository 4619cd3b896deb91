internal import SQLStore

/// What happened once and a person has to know: written in the transaction in which it happened.
extension Spool {
    /// One notice, as it was written down.
    package struct Notice: Equatable, Sendable {
        /// Rises with each notice.
        package var number: Int64
        /// `connector.system_changed`, for example.
        package var type: String
        package var text: String
    }

    /// The number of the youngest notice; 0 where there is none.
    package func lastNotice() async throws -> Int64 {
        try await database.read { try $0.first("SELECT coalesce(max(id), 0) FROM notices")?.integer(0) ?? 0 }
    }

    /// The notices behind the one of that number, the oldest first.
    package func notices(after number: Int64) async throws -> [Notice] {
        try await database.read { sql in
            try sql.query("SELECT id, type, text FROM notices WHERE id > ? ORDER BY id", [.integer(number)])
                .map { Notice(number: try $0.integer(0), type: try $0.text(1), text: try $0.text(2)) }
        }
    }
}

extension SQLConnection {
    /// Writes down what a person is to be told.
    func notice(_ type: String, _ text: String, at now: Int64) throws {
        try execute(
            "INSERT INTO notices (type, text, at) VALUES (?, ?, ?)",
            [.text(type), .text(text), .integer(now)])
    }
}
