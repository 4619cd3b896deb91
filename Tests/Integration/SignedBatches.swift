import Foundation
import SQLStore

/// All batches of a relay as it keeps them, for somebody who believes nothing; bytes are hexadecimal.
struct SignedBatches: Encodable, Sendable {
    struct Batch: Encodable, Sendable {
        var public_key: String
        var signature_input: String
        var signature: String
        var signature_base: String
        var manifest: String
        /// Salt and event of each leaf.
        var leaves: [[String]]
    }

    /// In the order in which they came.
    var batches: [Batch]
    /// All that ever travelled.
    var schemas: [String]

    /// Reads them from the database of a relay, which may run.
    init(database path: String) async throws {
        let database = try await SQLiteDatabase.open(path: path)
        (batches, schemas) = try await database.read { connection in
            let batches = try connection.query(
                """
                SELECT b.tenant, b.batch, k.public_key, b.signature_input, b.signature, b.signature_base, b.manifest
                FROM batch b JOIN agent_key k
                  ON k.tenant = b.tenant AND k.agent = b.agent AND k.key_id = b.key_id
                ORDER BY b.batch
                """
            ).map { try Batch($0, connection) }
            let schemas = try connection.query("SELECT bytes FROM event_schema").map {
                try $0.blob(0).hexadecimal
            }
            return (batches, schemas)
        }
        await database.close()
    }

    /// As the Python agent reads them.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}

extension SignedBatches.Batch {
    fileprivate init(_ row: SQLRow, _ connection: SQLConnection) throws {
        let place: [SQLValue] = [.text(try row.text(0)), .integer(try row.integer(1))]
        public_key = try row.blob(2).hexadecimal
        signature_input = try row.text(3)
        signature = try row.blob(4).hexadecimal
        signature_base = try row.blob(5).hexadecimal
        manifest = try row.blob(6).hexadecimal
        leaves = try connection.query(
            "SELECT salt, bytes FROM leaf WHERE tenant = ?1 AND batch = ?2 ORDER BY position", place
        ).map { [try $0.blob(0).hexadecimal, try $0.blob(1).hexadecimal] }
    }
}

extension [UInt8] {
    fileprivate var hexadecimal: String { map { String(format: "%02x", $0) }.joined() }
}
