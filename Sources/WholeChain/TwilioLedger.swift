import Foundation
import SQLStore

/// What the Twilio stand-in accepted.
package struct TwilioLedger: Sendable {
    /// One create that was accepted.
    package struct Accepted: Hashable, Sendable {
        /// Which notification it was for, as its callback address or custom arguments say.
        package let notification: String
        package let channel: String
        package let sid: String
        package let recipient: String
        package let body: String
        /// Milliseconds since 1970, UTC.
        package let atMilliseconds: Int64
        /// The delivery's present state.
        package let status: String
    }

    private let database: SQLiteDatabase

    /// Opens the ledger that a running stand-in writes.
    package init(path: String) async throws { database = try await SQLiteDatabase.open(path: path) }

    /// All accepted creates in their order.
    package func accepted() async throws -> [Accepted] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT r.correlation, r.channel, r.sid, r.recipient, r.body, r.at_ms,
                       coalesce(m.status, '') FROM create_request r LEFT JOIN message m ON m.sid = r.sid
                WHERE r.accepted = 1 ORDER BY r.id
                """
            ).map { row in
                Accepted(
                    notification: Self.notification(try row.optionalText(0) ?? ""), channel: try row.text(1),
                    sid: try row.optionalText(2) ?? "", recipient: try row.text(3), body: try row.text(4),
                    atMilliseconds: try row.integer(5), status: try row.text(6))
            }
        }
    }

    /// Creates that were refused: how many.
    package func refused() async throws -> Int {
        try await database.read { connection in
            Int(
                try connection.first("SELECT count(*) FROM create_request WHERE accepted = 0")?.integer(0)
                    ?? 0)
        }
    }

    /// Closes the file.
    package func close() async { await database.close() }

    /// From `/w/{webhook}/{notification}/{attempt}/{nonce}`, or from the JSON of an e-mail's custom arguments.
    static func notification(_ correlation: String) -> String {
        if correlation.hasPrefix("{") {
            let object = try? JSONSerialization.jsonObject(with: Data(correlation.utf8)) as? [String: Any]
            return object?["ml_notification"] as? String ?? ""
        }
        let parts = correlation.split(separator: "/")
        guard let start = parts.firstIndex(of: "w"), parts.count > start + 2 else { return "" }
        return String(parts[start + 2])
    }
}
