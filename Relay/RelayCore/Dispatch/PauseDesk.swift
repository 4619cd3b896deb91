internal import SQLStore

/// Stops and resumes a tenant, a channel or a rule; each intent asks for it, so it acts within a second
/// (DESIGN.md, invariant 9).
package struct PauseDesk: Sendable {
    /// What is stopped.
    package enum Target: Hashable, Sendable, CustomStringConvertible {
        case tenant
        /// `sms` or `email`.
        case channel(String)
        /// By its name in the rule set.
        case rule(String)

        package var description: String {
            switch self {
            case .tenant: "The tenant"
            case .channel(let name): "The channel \(name)"
            case .rule(let name): "The rule \(name)"
            }
        }

        var scope: String? {
            switch self {
            case .tenant: nil
            case .channel: "channel"
            case .rule: "rule"
            }
        }
        var key: String {
            switch self {
            case .tenant: ""
            case .channel(let name), .rule(let name): name
            }
        }
    }
    /// What becomes of what waited.
    package enum Backlog: String, Sendable {
        case send, expire
    }

    private let scope: TenantScope
    private let times: SendTimes
    private let clock: RelayClock

    package init(scope: TenantScope, times: SendTimes, clock: RelayClock) {
        self.scope = scope
        self.times = times
        self.clock = clock
    }

    /// Stops `target`; nothing changes where it is stopped already.
    ///
    /// - Returns: whether it was running.
    @discardableResult
    package func pause(_ target: Target, reason: String, by person: String) async throws -> Bool {
        let now = clock.now
        return try await scope.write { statements in
            let changed: Int
            if let scope = target.scope {
                changed = try statements.run(
                    """
                    INSERT INTO pause (tenant, scope, key, at, by, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                    ON CONFLICT DO NOTHING
                    """, [.text(scope), .text(target.key), now.sql, .text(person), .text(reason)])
            } else {
                changed = try statements.run(
                    """
                    UPDATE tenant SET paused = 1, paused_at = ?2, paused_by = ?3, paused_reason = ?4
                    WHERE tenant = ?1 AND paused = 0
                    """, [now.sql, .text(person), .text(reason)])
            }
            guard changed > 0 else { return false }
            try Self.audit(statements, "paused", target, person, ["reason": reason], now)
            return true
        }
    }

    /// Lets `target` run again.
    ///
    /// After lost commits this ends the tenant's recovery as well: the person says that he has compared with the
    /// provider, and what is held since then is his to release, one by one (facts/send.md rows 25, 26).
    ///
    /// - Parameter backlog: what becomes of the messages that waited; needed after a pause of more than **1 h**
    ///   where there are any.
    /// - Returns: how many messages expired; what may have been sent before waits for a person instead.
    /// - Throws: ``DeskError/notPaused(_:)``, ``DeskError/asksAboutBacklog(waiting:)``, `SQLError`.
    @discardableResult
    package func resume(
        _ target: Target, backlog: Backlog? = nil, by person: String,
    ) async throws -> Int {
        let (now, times) = (clock.now, times)
        return try await scope.write { statements in
            guard let since = try Self.since(statements, target) else {
                throw DeskError.notPaused(target.description)
            }
            let waiting = try Self.waiting(statements, target, now: now)
            if now.since(since) > times.askAfterPause, backlog == nil, !waiting.isEmpty {
                throw DeskError.asksAboutBacklog(waiting: waiting.count)
            }
            let expired =
                backlog == .expire
                ? try Self.expire(waiting, statements, by: person, now: now, times: times) : 0
            if let scope = target.scope {
                try statements.run(
                    "DELETE FROM pause WHERE tenant = ?1 AND scope = ?2 AND key = ?3",
                    [.text(scope), .text(target.key)])
            } else {
                try statements.run(
                    """
                    UPDATE tenant SET paused = 0, recovering = 0, paused_at = NULL, paused_by = NULL,
                        paused_reason = NULL
                    WHERE tenant = ?1
                    """)
                try statements.run(
                    "UPDATE notification SET proposed = 1 WHERE tenant = ?1 AND recovered = 1")
            }
            try Self.audit(statements, "resumed", target, person, ["expired": "\(expired)"], now)
            return expired
        }
    }

    private static func since(_ statements: TenantStatements, _ target: Target) throws -> Moment? {
        let row =
            if let scope = target.scope {
                try statements.first(
                    "SELECT at FROM pause WHERE tenant = ?1 AND scope = ?2 AND key = ?3",
                    [.text(scope), .text(target.key)])
            } else {
                try statements.first(
                    "SELECT coalesce(paused_at, 0) FROM tenant WHERE tenant = ?1 AND paused + recovering > 0")
            }
        return try row.map { Moment(milliseconds: try $0.integer(0)) }
    }

    private static func waiting(
        _ statements: TenantStatements, _ target: Target, now: Moment,
    ) throws -> [String] {
        try statements.rows(
            """
            SELECT notification FROM notification
            WHERE tenant = ?1 AND due_at <= ?2
                AND (state = 'scheduled' OR (state = 'unconfirmed' AND may_resend = 1))
                AND (?3 IS NULL OR (?3 = 'channel' AND channel = ?4) OR (?3 = 'rule' AND rule = ?4))
            """, [now.sql, SQLValue(target.scope), .text(target.key)]
        ).map { try $0.text(0) }
    }

    private static func expire(
        _ notifications: [String], _ statements: TenantStatements, by person: String, now: Moment,
        times: SendTimes,
    ) throws -> Int {
        let store = NotificationStore(statements)
        var expired = 0
        for notification in notifications {
            guard let (before, content) = try store.load(notification) else { continue }
            var state = before
            state.deadlineAt = min(state.deadlineAt, now)
            let effects = state.settle(now: now, times: times)
            try store.save(state, was: before, content, effects: effects, actor: person, now: now)
            if state.stage == .expired { expired += 1 }
        }
        return expired
    }

    private static func audit(
        _ statements: TenantStatements, _ action: String, _ target: Target, _ person: String,
        _ detail: [String: String], _ now: Moment,
    ) throws {
        let subject = target.scope.map { "\($0):\(target.key)" } ?? "tenant"
        try statements.audit(
            AuditEntry(actor: person, action: "dispatch." + action, subject: subject, detail: detail),
            now: now)
    }
}
