internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

/// A new name for this spool's sequence (facts/channel.md 2.3).
extension AnswerTransaction {
    /// Draws a lineage: its lanes name the relay's present heads as parents, whatever is not acknowledged is sealed
    /// again under it, and the states of the ledger are forgotten.
    func drawLineage(_ reason: AnswerRules.Reason) throws {
        try sql.execute(
            "INSERT INTO lineages (lineage, drawn_at, reason) VALUES (?, ?, ?)",
            [.blob(newLineage), .integer(now), .text(reason.rawValue)])
        try sql.execute("UPDATE agent SET lineage = ?", [.blob(newLineage)])
        for lane in Lane.allCases {
            let parent = word.standing.laneHeads.first { $0.lane == lane }?.digest
            try sql.execute(
                "INSERT INTO lane_heads (lineage, lane, parent) VALUES (?, ?, ?)",
                [.blob(newLineage), .text(lane.rawValue), SQLValue(parent?.bytes)])
        }
        try sql.execute("UPDATE batches SET stale = 1 WHERE acknowledged = 0")
        try sql.execute("DELETE FROM states")
        try sql.notice(
            "connector.lineage_changed", "This spool goes on under a new lineage: \(reason.rawValue).",
            at: now)
    }
}
