internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

extension AuditVerifier {
    private struct Counts: Sendable {
        var batches = 0
        var leaves = 0
        var erased: [AuditReport.Erased] = []
        var last: Int64
    }

    /// Checks every batch in the order of arrival.
    func verifyBatches(_ report: inout AuditReport) async throws {
        var last: Int64 = 0
        while true {
            let from = last
            let counts = try await scope.read { try Self.page(after: from, $0) }
            report.batches += counts.batches
            report.leaves += counts.leaves
            report.erased += counts.erased
            if counts.batches == 0 { return }
            last = counts.last
        }
    }

    private static func page(after last: Int64, _ statements: TenantStatements) throws -> Counts {
        var counts = Counts(last: last)
        let rows = try statements.rows(
            """
            SELECT b.batch, b.agent, b.lineage, b.lane, b.seq, b.digest, b.before, b.manifest, b.signature,
                b.signature_base, b.event_count, b.key_id, k.public_key,
                (SELECT p.digest FROM batch p WHERE p.tenant = b.tenant AND p.agent = b.agent
                    AND p.lineage = b.lineage AND p.lane = b.lane AND p.seq = b.seq - 1) AS previous,
                (SELECT count(*) FROM audit_entry e WHERE e.tenant = b.tenant AND e.action = ?4
                    AND e.subject = CAST(b.batch AS TEXT)) AS told
            FROM batch b
            LEFT JOIN agent_key k ON k.tenant = b.tenant AND k.agent = b.agent AND k.key_id = b.key_id
            WHERE b.tenant = ?1 AND b.batch > ?2 ORDER BY b.batch LIMIT ?3
            """, [.integer(last), .integer(20), .text(AuditAction.batchAccepted)])
        for row in rows {
            let number = try row.integer("batch")
            let manifest = try check(row, "batch \(number)")
            try checkLeaves(of: number, manifest, statements, &counts)
            try checkJournal(of: number, statements)
            counts.batches += 1
            counts.last = number
        }
        return counts
    }

    /// Signature, manifest and place of one batch.
    private static func check(_ row: SQLRow, _ name: String) throws -> Manifest {
        func hold(_ isTrue: Bool, _ sentence: String) throws {
            if !isTrue { throw AuditReport.Break(name, sentence) }
        }
        let bytes = try row.blob("manifest")
        let digest = SHA256.hash(bytes)
        try hold(try row.blob("digest") == digest.bytes, "Its manifest is not the one of its digest.")
        let base = try row.blob("signature_base")
        guard let raw = try row.optionalBlob("public_key"), let key = try? Ed25519.PublicKey(raw: raw) else {
            throw AuditReport.Break(name, "The key that signed it is missing.")
        }
        try hold(
            RequestSigner.keyID(of: key) == (try row.text("key_id")),
            "The key that signed it is another by now.")
        try hold(key.isValid(try row.blob("signature"), for: base), "Its signature is not the agent's.")
        let agent = try row.text("agent")
        let lines = String(decoding: base, as: UTF8.self).split(separator: "\n")
        try hold(
            lines.contains("\"manifest-digest\": \(ContentDigest.field(digest))"),
            "Its signature is over another manifest.")
        try hold(
            lines.contains("\"@path\": /v1/agents/\(agent)/batches"), "Its signature is for another address.")
        guard let manifest = try? Manifest(bytes: bytes) else {
            throw AuditReport.Break(name, "Its manifest cannot be read.")
        }
        try hold(
            manifest.agent == agent && manifest.lineage.bytes == (try row.blob("lineage"))
                && manifest.lane.rawValue == (try row.text("lane"))
                && Int64(clamping: manifest.sequence) == (try row.integer("seq"))
                && Int64(manifest.leaves.count) == (try row.integer("event_count")),
            "Its row is not what its manifest says.")
        try hold(
            try row.optionalBlob("before") == (manifest.previous ?? manifest.parent)?.bytes,
            "Its row names another batch before it.")
        if let previous = manifest.previous {
            try hold(
                try row.optionalBlob("previous") == previous.bytes,
                "The batch before it is missing or another.")
        }
        try hold(try row.integer("told") == 1, "The audit log does not tell of it.")
        return manifest
    }

    private static func checkLeaves(
        of batch: Int64, _ manifest: Manifest, _ statements: TenantStatements, _ counts: inout Counts,
    ) throws {
        let rows = try statements.rows(
            """
            SELECT position, salt, bytes, erased_at, erased_by FROM leaf WHERE tenant = ?1 AND batch = ?2
            ORDER BY position
            """, [.integer(batch)])
        for (position, expected) in manifest.leaves.enumerated() {
            let name = "event \(position) of batch \(batch)"
            guard position < rows.count, try rows[position].integer("position") == Int64(position) else {
                throw AuditReport.Break(name, "It is missing.")
            }
            let row = rows[position]
            if let at = try row.optionalMoment("erased_at") {
                counts.erased.append(
                    .init(what: name, at: "\(at)", by: try row.optionalText("erased_by") ?? ""))
                continue
            }
            guard let salt = try row.optionalBlob("salt"), let bytes = try row.optionalBlob("bytes"),
                SHA256.hash(parts: [salt, bytes]) == expected
            else { throw AuditReport.Break(name, "It is not the one that the agent signed.") }
            counts.leaves += 1
        }
        guard rows.count == manifest.leaves.count else {
            throw AuditReport.Break("batch \(batch)", "It holds events that its manifest does not name.")
        }
    }

    /// The journal must say of an event what its leaf says.
    private static func checkJournal(of batch: Int64, _ statements: TenantStatements) throws {
        let rows = try statements.rows(
            """
            SELECT e.event, e.id, e.type, e.business_key, l.bytes FROM event e
            JOIN leaf l ON l.tenant = e.tenant AND l.batch = e.batch AND l.position = e.position
            WHERE e.tenant = ?1 AND e.batch = ?2 AND e.kind = 'fact' AND l.bytes IS NOT NULL
            """, [.integer(batch)])
        for row in rows {
            let event = try? Event(bytes: try row.blob("bytes"))
            guard let event, event.id?.bytes == (try row.blob("id")), event.type == (try row.text("type")),
                event.businessKey == (try row.text("business_key"))
            else {
                throw AuditReport.Break(
                    "event \(try row.integer("event")) of the journal", "It is not what its batch says.")
            }
        }
    }
}
