internal import Cryptography
internal import Foundation
internal import SQLStore

/// Stores a genuine callback as it came, what it says as evidence, and the count on each notification, at once.
struct CallbackTransaction: Sendable {
    let webhook: String
    let account: String
    let provider: String
    /// Which key signed.
    let signer: String
    let request: WebhookRequest
    let pieces: [CallbackPiece]
    let nonceKey: Secret
    let now: Moment

    /// What was stored.
    struct Outcome: Sendable {
        /// Pieces of evidence; none where all were known.
        var stored = 0
        /// Pieces about no notification that is held here.
        var unknown = 0
    }

    /// Which attempt a piece proves to be about.
    private struct Proved {
        var notification: String?
        var incarnation: [UInt8]?
        var n: Int64?
    }

    func run(_ statements: TenantStatements) throws -> Outcome {
        var outcome = Outcome()
        var fresh: [(item: Int, piece: CallbackPiece, proved: Proved)] = []
        for (item, piece) in pieces.enumerated() {
            let proved = try prove(piece, statements)
            if try !isKnown(piece, proved, statements) { fresh.append((item, piece, proved)) }
        }
        // Providers repeat themselves; what is held already is not stored again. What cannot be read is kept.
        guard !fresh.isEmpty || pieces.isEmpty else { return outcome }
        let callback = try storeCallback(statements)
        for (item, piece, proved) in fresh {
            try storeEvidence(piece, proved, callback: callback, item: item, statements)
            outcome.stored += 1
            let counted = try proved.notification.map { notification in
                try statements.run(
                    "UPDATE notification SET evidence = evidence + 1 WHERE tenant = ?1 AND notification = ?2",
                    [.text(notification)])
            }
            if counted != 1 { outcome.unknown += 1 }
        }
        return outcome
    }

    /// Believes what a piece says it is about, by the nonce that only we can have made.
    private func prove(_ piece: CallbackPiece, _ statements: TenantStatements) throws -> Proved {
        guard let attempt = piece.attempt else { return Proved() }
        let incarnation = AttemptNonce.incarnation(
            of: attempt.nonce, key: nonceKey, tenant: statements.tenant, notification: attempt.notification,
            n: attempt.n, among: try incarnations(of: attempt, statements))
        guard let incarnation else { return Proved() }
        return Proved(notification: attempt.notification, incarnation: incarnation, n: attempt.n)
    }

    /// The database's lives that an attempt may be of: the present one, those of its rows, those that ended.
    private func incarnations(
        of attempt: WebhookTarget.Attempt, _ statements: TenantStatements,
    ) throws -> [[UInt8]] {
        let rows = try statements.rows(
            """
            SELECT incarnation FROM tenant WHERE tenant = ?1
            UNION SELECT incarnation FROM attempt WHERE tenant = ?1 AND notification = ?2
            """, [.text(attempt.notification)])
        let drawn = try statements.rows(
            "SELECT detail FROM audit_entry WHERE tenant = ?1 AND subject = 'relay' AND action = ?2",
            [.text(AuditAction.incarnationDrawn)])
        let ended = try drawn.map { try $0.text(0) }.compactMap { text in
            let detail = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
            return detail?["before"].flatMap { Hexadecimal.decode($0) }
        }
        return try rows.map { try $0.blob(0) } + ended
    }

    private func isKnown(
        _ piece: CallbackPiece, _ proved: Proved, _ statements: TenantStatements,
    ) throws -> Bool {
        guard let notification = proved.notification else { return false }
        let row = try statements.first(
            """
            SELECT 1 FROM evidence WHERE tenant = ?1 AND notification = ?2 AND kind = ?3 AND n IS ?4
                AND incarnation IS ?5 AND sid IS ?6 AND status IS ?7 AND error_code IS ?8
                AND occurred_at IS ?9
            """,
            [
                .text(notification), .text(piece.kind), SQLValue(proved.n), SQLValue(proved.incarnation),
                SQLValue(piece.sid), SQLValue(piece.status), SQLValue(piece.errorCode),
                SQLValue(piece.occurred),
            ])
        return row != nil
    }

    private func storeCallback(_ statements: TenantStatements) throws -> Int64 {
        let number = try statements.next(.callback)
        let kept: Set<String> = [
            "content-type", "x-twilio-signature", "i-twilio-idempotency-token",
            "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp",
        ]
        var headers: [String: String] = [:]
        for (name, value) in request.fields where kept.contains(name.lowercased()) {
            headers[name.lowercased()] = value
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try statements.run(
            """
            INSERT INTO callback (tenant, callback, webhook, account, provider, path, headers, body,
                verified_by, received_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """,
            [
                .integer(number), .text(webhook), .text(account), .text(provider), .text(request.target),
                .text(String(decoding: try encoder.encode(headers), as: UTF8.self)), .blob(request.body),
                .text(signer), now.sql,
            ])
        try statements.audit(
            AuditEntry(
                actor: provider, action: AuditAction.callbackStored, subject: String(number),
                detail: [
                    "account": account, "body": SHA256.hash(request.body).hexadecimal, "key": signer,
                ]), now: now)
        return number
    }

    private func storeEvidence(
        _ piece: CallbackPiece, _ proved: Proved, callback: Int64, item: Int,
        _ statements: TenantStatements,
    ) throws {
        try statements.run(
            """
            INSERT INTO evidence (tenant, evidence, kind, callback, item, provider_event, notification,
                incarnation, n, status, sid, error_code, detail, occurred_at, received_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """,
            [
                .integer(try statements.next(.evidence)), .text(piece.kind), .integer(callback),
                .integer(Int64(item)), SQLValue(piece.providerEvent), SQLValue(proved.notification),
                SQLValue(proved.incarnation), SQLValue(proved.n), SQLValue(piece.status),
                SQLValue(piece.sid), SQLValue(piece.errorCode), .text(piece.detail),
                SQLValue(piece.occurred), now.sql,
            ])
    }
}
