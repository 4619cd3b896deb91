internal import SQLStore

/// How the way to the relay is, for `status`.
extension Spool {
    /// Writes down why the relay takes nothing, when it is not what was written down last.
    package func noteLink(problem: String) async throws {
        let now = clock.now
        _ = try await database.write { sql in
            try sql.execute(
                "UPDATE link_health SET problem = ?1, problem_at = ?2 WHERE problem IS NOT ?1",
                [.text(problem), .integer(now)])
        }
    }
}
