internal import SQLStore

/// What the running agent writes down for `status` and the heartbeat.
extension Spool {
    /// Notes how a turn of a feed went.
    package func note(_ health: FeedHealth, of feed: String) async throws {
        let now = clock.now
        try await database.write { sql in
            let key: SQLValue = .text(feed)
            try sql.execute("INSERT INTO feed_health (feed) VALUES (?) ON CONFLICT DO NOTHING", [key])
            switch health {
            case .polled:
                try sql.execute(
                    """
                    UPDATE feed_health SET polled_at = ?1, succeeded_at = ?1, error_class = NULL,
                        sentence = NULL, stopped = NULL WHERE feed = ?2
                    """, [.integer(now), key])
            case .stopped(let reason):
                try sql.execute(
                    "UPDATE feed_health SET stopped = ? WHERE feed = ?", [.text(reason.rawValue), key])
            case .failed(let errorClass, let sentence):
                try sql.execute(
                    """
                    UPDATE feed_health SET polled_at = ?, error_class = ?, sentence = ?, stopped = NULL
                    WHERE feed = ?
                    """, [.integer(now), .text(errorClass), .text(sentence), key])
            }
        }
    }
}
