internal import Foundation
internal import Messaging
internal import SQLStore

/// Writes what a transfer brought: by the owner into the machine, by anybody else as evidence (row 12).
struct OutcomeDesk {
    let statements: TenantStatements
    let context: DispatchContext
    let now: Moment

    /// Rows 5 to 8.
    ///
    /// - Returns: nil where there is no such notification or attempt.
    func record(
        _ report: SendReport, notification: String, attempt: AttemptID,
        provider: ProviderAccount.Provider, actor: String,
    ) throws -> NotificationState? {
        let store = NotificationStore(statements)
        guard let (before, content) = try store.load(notification), before.index(of: attempt) != nil else {
            return nil
        }
        var state = before
        let policy = RetryPolicy(
            catalogue: context.catalogue, times: context.times, jitter: context.jitter)
        var outcome = policy.outcome(report, provider: provider, tries: before.attempts.count)
        var effects: [NotificationEffect] = []
        if case .accepted(let sid?) = outcome.proof,
            try store.isTaken(sid: sid, except: attempt, of: notification)
        {
            // One message cannot be two attempts' (facts/send.md F12); the acceptance itself is proved.
            outcome = outcome.withoutName()
            effects.append(.audit("sid_taken", ["attempt": "\(attempt.n)", "sid": sid]))
        }
        effects += state.handle(outcome, of: attempt, now: now, times: context.times)
        try store.save(state, was: before, content, effects: effects, actor: actor, now: now)
        return state
    }

    /// Row 12: a node that is not the owner any more keeps what it knows, without asking for an epoch.
    func keep(_ report: SendReport, notification: String, attempt: AttemptID) throws {
        let number = try statements.next(.evidence)
        let detail = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        try statements.run(
            """
            INSERT INTO evidence (tenant, evidence, kind, notification, incarnation, n, detail, received_at)
            VALUES (?1, ?2, 'outcome', ?3, ?4, ?5, ?6, ?7)
            """,
            [
                .integer(number), .text(notification), .blob(attempt.incarnation), .integer(attempt.n),
                .text(detail), now.sql,
            ])
        try statements.run(
            """
            UPDATE notification SET evidence = evidence + 1, changed_at = ?3
            WHERE tenant = ?1 AND notification = ?2
            """, [.text(notification), now.sql])
    }
}
