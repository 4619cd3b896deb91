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
    /// 16 random bytes, used if the callback shows that commits were lost.
    let newIncarnation: [UInt8]
    let now: Moment

    /// What was stored.
    struct Outcome: Sendable {
        /// Pieces of evidence; none where all were known.
        var stored = 0
        /// Pieces about no notification that is held here.
        var unknown = 0
        /// Whether a piece is about an attempt that is not held, and must have been (``LostCommits``).
        var hasLostCommits = false
    }

    /// Which attempt a piece proves to be about.
    private struct Proved {
        let notification: String
        let attempt: AttemptID
    }

    func run(_ statements: TenantStatements) throws -> Outcome {
        var outcome = Outcome()
        var fresh: [(item: Int, piece: CallbackPiece, proved: Proved?)] = []
        let ended = try endedIncarnations(statements)
        for (item, piece) in pieces.enumerated() {
            let proved = try prove(piece, ended: ended, statements)
            if try !isKnown(piece, proved, statements) { fresh.append((item, piece, proved)) }
        }
        // Providers repeat themselves; what is held already is not stored again. What cannot be read is kept.
        guard !fresh.isEmpty || pieces.isEmpty else { return outcome }
        let callback = try storeCallback(statements)
        for (item, piece, proved) in fresh {
            let evidence = try storeEvidence(piece, proved, callback: callback, item: item, statements)
            outcome.stored += 1
            if piece.kind == .inbound {
                try applyInbound(piece, evidence, statements)
            } else if try !count(proved, statements) {
                outcome.unknown += 1
            }
        }
        for proved in fresh.compactMap(\.proved) where !outcome.hasLostCommits {
            outcome.hasLostCommits = try LostCommits.noticed(
                statements, by: proved.attempt, of: proved.notification, account: account,
                newIncarnation: newIncarnation, now: now)
        }
        return outcome
    }

    /// One more piece of evidence about a notification (facts/send.md F3); false where it is not held here.
    private func count(_ proved: Proved?, _ statements: TenantStatements) throws -> Bool {
        guard let proved else { return false }
        return try statements.run(
            "UPDATE notification SET evidence = evidence + 1 WHERE tenant = ?1 AND notification = ?2",
            [.text(proved.notification)]) == 1
    }

    /// STOP and START act in the transaction that stores them (facts/send.md F11).
    private func applyInbound(
        _ piece: CallbackPiece, _ evidence: Int64, _ statements: TenantStatements,
    ) throws {
        let effect = try InboundMessage(fields: piece.detail)
            .apply(statements, account: account, evidence: evidence, now: now)
        try statements.run(
            "UPDATE evidence SET applied_at = ?3, effect = ?4 WHERE tenant = ?1 AND evidence = ?2",
            [.integer(evidence), now.sql, .text(effect)])
    }

    /// Believes what a piece says it is about, by the nonce that only we can have made.
    private func prove(
        _ piece: CallbackPiece, ended: [[UInt8]], _ statements: TenantStatements,
    ) throws -> Proved? {
        guard let attempt = piece.attempt else { return nil }
        let rows = try statements.rows(
            """
            SELECT incarnation FROM tenant WHERE tenant = ?1
            UNION SELECT incarnation FROM attempt WHERE tenant = ?1 AND notification = ?2
            """, [.text(attempt.notification)])
        let incarnation = AttemptNonce.incarnation(
            of: attempt.nonce, key: nonceKey, tenant: statements.tenant, notification: attempt.notification,
            n: attempt.n, among: try rows.map { try $0.blob(0) } + ended)
        return incarnation.map {
            Proved(
                notification: attempt.notification, attempt: AttemptID(incarnation: $0, n: attempt.n))
        }
    }

    /// The database's lives that ended: attempts of theirs may still be called back about.
    private func endedIncarnations(_ statements: TenantStatements) throws -> [[UInt8]] {
        try statements.rows(
            "SELECT detail FROM audit_entry WHERE tenant = ?1 AND subject = 'relay' AND action = ?2",
            [.text(AuditAction.incarnationDrawn)]
        ).compactMap { row in
            let detail = try? JSONDecoder().decode([String: String].self, from: Data(row.text(0).utf8))
            return detail?["before"].flatMap { Hexadecimal.decode($0) }
        }
    }

    /// Whether the same was said before; what names no attempt of ours is known by everything that it says.
    private func isKnown(
        _ piece: CallbackPiece, _ proved: Proved?, _ statements: TenantStatements,
    ) throws -> Bool {
        let said: [SQLValue] = [
            .text(piece.kind.rawValue), SQLValue(piece.sid), SQLValue(piece.status),
            SQLValue(piece.errorCode), SQLValue(piece.occurred),
        ]
        guard let proved else {
            return try statements.first(
                """
                SELECT 1 FROM evidence WHERE tenant = ?1 AND notification IS NULL AND kind = ?2 AND sid IS ?3
                    AND status IS ?4 AND error_code IS ?5 AND occurred_at IS ?6 AND provider_event IS ?7
                    AND detail = ?8
                """, said + [SQLValue(piece.providerEvent), .text(piece.detailText)]) != nil
        }
        return try statements.first(
            """
            SELECT 1 FROM evidence WHERE tenant = ?1 AND kind = ?2 AND sid IS ?3 AND status IS ?4
                AND error_code IS ?5 AND occurred_at IS ?6 AND notification = ?7 AND incarnation = ?8
                AND n = ?9
            """,
            said + [
                .text(proved.notification), .blob(proved.attempt.incarnation), .integer(proved.attempt.n),
            ]) != nil
    }

    private func storeCallback(_ statements: TenantStatements) throws -> Int64 {
        let number = try statements.next(.callback)
        // What a GET says stands in its query: kept as its body, the audit covers it and an erasure finds it.
        let isGet = request.method == "GET"
        let path = isGet ? String(request.target.prefix { $0 != "?" }) : request.target
        let body = isGet ? Array(request.target.drop { $0 != "?" }.dropFirst().utf8) : request.body
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
                .integer(number), .text(webhook), .text(account), .text(provider), .text(path),
                .text(String(decoding: try encoder.encode(headers), as: UTF8.self)), .blob(body),
                .text(signer), now.sql,
            ])
        try statements.audit(
            AuditEntry(
                actor: provider, action: AuditAction.callbackStored, subject: String(number),
                detail: [
                    "account": account, "body": SHA256.hash(body).hexadecimal, "key": signer,
                ]), now: now)
        return number
    }

    /// - Returns: the number of the piece.
    private func storeEvidence(
        _ piece: CallbackPiece, _ proved: Proved?, callback: Int64, item: Int,
        _ statements: TenantStatements,
    ) throws -> Int64 {
        let number = try statements.next(.evidence)
        try statements.run(
            """
            INSERT INTO evidence (tenant, evidence, kind, callback, item, provider_event, notification,
                incarnation, n, status, sid, error_code, detail, occurred_at, received_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """,
            [
                .integer(number), .text(piece.kind.rawValue), .integer(callback), .integer(Int64(item)),
                SQLValue(piece.providerEvent), SQLValue(proved?.notification),
                SQLValue(proved?.attempt.incarnation), SQLValue(proved?.attempt.n),
                SQLValue(piece.status), SQLValue(piece.sid), SQLValue(piece.errorCode),
                .text(piece.detailText), SQLValue(piece.occurred), now.sql,
            ])
        return number
    }
}
