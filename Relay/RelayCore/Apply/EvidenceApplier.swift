internal import Foundation
internal import Logging
internal import Messaging
internal import Programs
internal import SQLStore

/// Applies stored evidence to the machine, oldest first (facts/send.md rows 5 to 8 and 11).
///
/// Each piece stands behind a savepoint: one that cannot be applied for its own content is marked with its reason
/// and stops no other, and none stays unapplied, since it would block its notification's next intent
/// (facts/send.md R5). What fails because the database does is tried again: it may be the only proof.
struct EvidenceApplier {
    let statements: TenantStatements
    let context: DispatchContext
    let ownership: TenantOwnership
    let now: Moment

    private struct Piece {
        let evidence: Int64
        let kind: String
        let notification: String?
        let attempt: AttemptID?
        let status: String?
        let sid: String?
        let errorCode: String?
        let detail: String?
        let account: String?

        init(row: SQLRow) throws {
            evidence = try row.integer("evidence")
            kind = try row.text("kind")
            notification = try row.optionalText("notification")
            if let incarnation = try row.optionalBlob("incarnation"), let n = try row.optionalInteger("n") {
                attempt = AttemptID(incarnation: incarnation, n: n)
            } else {
                attempt = nil
            }
            status = try row.optionalText("status")
            sid = try row.optionalText("sid")
            errorCode = try row.optionalText("error_code")
            detail = try row.optionalText("detail")
            account = try row.optionalText("account")
        }

        /// The other parameters of a callback.
        var fields: [String: String] {
            guard let detail else { return [:] }
            return (try? JSONDecoder().decode([String: String].self, from: Data(detail.utf8))) ?? [:]
        }
    }

    /// What can be applied: pieces whose notification exists, or that name none.
    private static let waiting = """
        applied_at IS NULL AND (e.notification IS NULL OR EXISTS (
            SELECT 1 FROM notification n WHERE n.tenant = ?1 AND n.notification = e.notification))
        """

    /// Whether anything waits; costs no commit.
    static func hasWork(_ statements: TenantStatements) throws -> Bool {
        try statements.first("SELECT 1 FROM evidence e WHERE e.tenant = ?1 AND \(waiting) LIMIT 1") != nil
    }

    /// Applies up to `limit` pieces; how many it was.
    func apply(limit: Int) throws -> Int {
        let rows = try statements.rows(
            """
            SELECT e.*, c.account FROM evidence e
            LEFT JOIN callback c ON c.tenant = e.tenant AND c.callback = e.callback
            WHERE e.tenant = ?1 AND \(Self.waiting) ORDER BY e.evidence LIMIT ?2
            """, [.integer(Int64(limit))])
        for row in rows {
            let piece = try Piece(row: row)
            var effect: String
            do {
                effect = try statements.savepoint("evidence") { try apply(piece) }
            } catch  where error.isAboutOneRow {
                context.logger.error(
                    "A piece of evidence cannot be applied",
                    metadata: ["evidence": "\(piece.evidence)", LogKeys.error: "\(error)"])
                effect = "not applied: \(error)"
                try countApplied(piece)
            }
            try statements.run(
                "UPDATE evidence SET applied_at = ?3, effect = ?4 WHERE tenant = ?1 AND evidence = ?2",
                [.integer(piece.evidence), now.sql, .text(effect)])
        }
        return rows.count
    }

    private func countApplied(_ piece: Piece) throws {
        guard let notification = piece.notification else { return }
        try statements.run(
            """
            UPDATE notification SET applied = applied + 1, evidence = max(evidence, applied + 1)
            WHERE tenant = ?1 AND notification = ?2
            """, [.text(notification)])
    }

    /// - Returns: what it changed, in words.
    private func apply(_ piece: Piece) throws -> String {
        guard piece.kind == "callback" || piece.kind == "outcome" else { return "kept" }
        let store = NotificationStore(statements)
        guard let target = try target(of: piece), let (before, content) = try store.load(target.notification)
        else { return try unmatched(piece) }
        var state = before
        if piece.notification != nil {
            state.applied += 1
            // Pieces that were stored before their notification existed were not counted.
            state.evidence = max(state.evidence, state.applied)
        }
        var effects: [NotificationEffect] = []
        if state.index(of: target.attempt) == nil {
            guard piece.kind == "callback" else {
                try store.save(state, was: before, content, effects: [], actor: actor(piece), now: now)
                return "attempt unknown"
            }
            state.attempts.append(forgotten(target.attempt, content))
            effects.append(.audit("attempt_remembered", ["attempt": "\(target.attempt.n)"]))
        }
        effects += try handle(piece, target, content, in: &state, store)
        effects += state.settle(now: now, times: context.times)
        try store.save(state, was: before, content, effects: effects, actor: actor(piece), now: now)
        return before.stage == state.stage
            ? state.stage.rawValue : "\(before.stage.rawValue) → \(state.stage.rawValue)"
    }

    private func handle(
        _ piece: Piece, _ target: (notification: String, attempt: AttemptID), _ content: NotificationContent,
        in state: inout NotificationState, _ store: NotificationStore,
    ) throws -> [NotificationEffect] {
        if piece.kind == "outcome" { return try outcome(piece, target, content, in: &state, store) }
        var word = word(piece, content)
        if let sid = word.sid, try store.isTaken(sid: sid, except: target.attempt, of: target.notification) {
            word = word.without(sid: sid)
        }
        return state.handle(word, of: target.attempt, by: .callback, now: now, times: context.times)
    }

    private func outcome(
        _ piece: Piece, _ target: (notification: String, attempt: AttemptID), _ content: NotificationContent,
        in state: inout NotificationState, _ store: NotificationStore,
    ) throws -> [NotificationEffect] {
        let report = try JSONDecoder().decode(SendReport.self, from: Data((piece.detail ?? "").utf8))
        let policy = RetryPolicy(catalogue: context.catalogue, times: context.times, jitter: context.jitter)
        var outcome = policy.outcome(
            report, provider: content.isListed ? .twilio : .sendgrid, tries: state.attempts.count)
        if case .accepted(let sid?) = outcome.proof,
            try store.isTaken(sid: sid, except: target.attempt, of: target.notification)
        {
            outcome = outcome.withoutName()
        }
        return state.handle(outcome, of: target.attempt, now: now, times: context.times)
    }

    private func word(_ piece: Piece, _ content: NotificationContent) -> DeliveryWord {
        let status = piece.status ?? "unknown"
        guard content.isListed else {
            return .sendGrid(event: status, type: piece.fields["type"], messageID: piece.sid)
        }
        let policy = RetryPolicy(catalogue: context.catalogue, times: context.times, jitter: context.jitter)
        let code = piece.errorCode.flatMap { Int($0) }.flatMap { $0 == 0 ? nil : $0 }
        return .twilio(
            status: status, sid: piece.sid, trouble: code.map { policy.trouble(twilioCode: $0) },
            suppression: code.flatMap { policy.isOptOut(twilioCode: $0) ? "\($0)" : nil })
    }

    /// By the verified nonce, else by the provider's name of the message (case C065).
    private func target(of piece: Piece) throws -> (notification: String, attempt: AttemptID)? {
        if let notification = piece.notification, let attempt = piece.attempt {
            return (notification, attempt)
        }
        guard let name = piece.sid?.split(separator: ".").first else { return nil }
        let row = try statements.first(
            "SELECT notification, incarnation, n FROM attempt WHERE tenant = ?1 AND sid = ?2",
            [.text(String(name))])
        return try row.map {
            (try $0.text(0), AttemptID(incarnation: try $0.blob(1), n: try $0.integer(2)))
        }
    }

    /// A genuine word about nothing we know; a bounce still says that the address takes no mail.
    private func unmatched(_ piece: Piece) throws -> String {
        let fields = piece.fields
        let word = DeliveryWord.sendGrid(event: piece.status ?? "", type: fields["type"], messageID: nil)
        guard let reason = word.suppression, let address = fields["email"], let account = piece.account else {
            return "unmatched"
        }
        try SuppressionList(statements: statements, actor: account, now: now).add(
            account: account, sender: "", address: address, reason: reason, evidence: piece.evidence)
        return "unmatched, address suppressed"
    }

    /// An attempt that this database forgot (a restore): its nonce proves that it was ours (facts/send.md F15).
    private func forgotten(_ id: AttemptID, _ content: NotificationContent) -> AttemptState {
        AttemptState(
            id: id,
            nonce: AttemptNonce.make(
                key: context.keys.nonceKey, tenant: statements.tenant, notification: content.notification,
                incarnation: id.incarnation, n: id.n),
            account: content.account ?? "", sender: content.sender ?? "", epoch: ownership.epoch,
            node: "forgotten", intentAt: now, sendLeaseUntil: now, validitySeconds: 0, waitUntil: now,
            request: nil)
    }

    private func actor(_ piece: Piece) -> String { piece.account ?? ownership.node }
}

extension DeliveryWord {
    /// The same word where the provider's name of the message belongs to another attempt.
    fileprivate func without(sid: String) -> DeliveryWord {
        DeliveryWord(stage: stage, status: status, sid: nil, trouble: trouble, suppression: suppression)
    }
}
