internal import SQLStore

/// Which SAP system detection is about.
extension Spool {
    /// Begins anew where the keys of another system were detected so far.
    ///
    /// A person has accepted another system: its source is another name for every document, of which the relay covers
    /// nothing. What was read of the old one still goes; cursors, ledger, lists and claims say nothing about the new
    /// one, and would have its whole history told.
    package func detect(_ source: String) async throws {
        let known = try await database.read { sql in
            try sql.first("SELECT detection_source FROM agent")?.optionalText(0)
        }
        guard known != source else { return }
        try await database.write { sql in
            let known = try sql.first("SELECT detection_source FROM agent")?.optionalText(0)
            guard known != source else { return }
            try sql.execute("UPDATE agent SET detection_source = ?", [.text(source)])
            guard known != nil else { return }
            for table in [
                "claims", "ledger", "told", "states", "pending", "watch", "read_requests", "cursors",
                "streams", "relay_coverage",
            ] { try sql.execute("DELETE FROM \(table)") }
            try sql.execute("DELETE FROM outbox WHERE kind <> 'event'")
            // The relay may hold keys of the new source, and begins to tell its lists with a fresh grant alone.
            try sql.execute("UPDATE agent SET coverage_known = 0, lists_wanted = 1")
        }
    }
}

extension SQLConnection {
    /// Whether what the relay says of a source is about what this spool holds.
    func detects(_ source: String) throws -> Bool {
        try first("SELECT 1 FROM agent WHERE coalesce(detection_source, ?1) = ?1", [.text(source)]) != nil
    }
}
