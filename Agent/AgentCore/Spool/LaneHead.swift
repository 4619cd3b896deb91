internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

/// What a lineage's lane has sealed and what of it is acknowledged.
struct LaneHead {
    var parent: Digest32?
    var sealed: UInt64
    var digest: Digest32?
    var acknowledged: UInt64
}

extension SQLConnection {
    func openLineage() throws -> Lineage {
        guard let bytes = try first("SELECT lineage FROM agent")?.blob(0), let lineage = Lineage(bytes) else {
            throw SpoolError.damaged("it names no lineage")
        }
        return lineage
    }

    /// The head of a lane, made when it is not there yet.
    func laneHead(_ lineage: Lineage, _ lane: Lane) throws -> LaneHead {
        let key: [SQLValue] = [.blob(lineage.bytes), .text(lane.rawValue)]
        try execute("INSERT INTO lane_heads (lineage, lane) VALUES (?, ?) ON CONFLICT DO NOTHING", key)
        guard let row = try first("SELECT * FROM lane_heads WHERE lineage = ? AND lane = ?", key) else {
            throw SpoolError.damaged("a lane has no head")
        }
        return LaneHead(
            parent: try row.optionalBlob("parent").flatMap(Digest32.init),
            sealed: UInt64(try row.integer("sealed_seq")),
            digest: try row.optionalBlob("sealed_digest").flatMap(Digest32.init),
            acknowledged: UInt64(try row.integer("acked_seq")))
    }
}
