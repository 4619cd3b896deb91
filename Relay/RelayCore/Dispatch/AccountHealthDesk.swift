internal import SQLStore

/// Writes what the circuit breaker says into the account's row, each change with its audit entry.
struct AccountHealthDesk {
    let statements: TenantStatements
    let actor: String
    let now: Moment

    func record(_ verdict: AccountLanes.Verdict, account: String) throws {
        switch verdict {
        case .unchanged: return
        case .ready:
            let changed = try statements.run(
                """
                UPDATE provider_account
                SET state = 'ready', dead_since_at = NULL, dead_until_at = NULL, dead_reason = NULL
                WHERE tenant = ?1 AND account = ?2 AND state = 'dead'
                """, [.text(account)])
            if changed > 0 { try audit("account.ready", account, [:]) }
        case .dead(let until, let reason):
            let known = try statements.first(
                "SELECT dead_reason FROM provider_account WHERE tenant = ?1 AND account = ?2 AND state = 'dead'",
                [.text(account)])
            try statements.run(
                """
                UPDATE provider_account SET state = 'dead', dead_since_at = coalesce(dead_since_at, ?3),
                    dead_until_at = ?4, dead_reason = ?5
                WHERE tenant = ?1 AND account = ?2 AND state <> 'retired'
                """, [.text(account), now.sql, until.sql, .text(reason)])
            // Told when it dies or its reason changes, not each time it is tried.
            if try known?.optionalText(0) != reason { try audit("account.dead", account, ["reason": reason]) }
        }
    }

    private func audit(_ action: String, _ account: String, _ detail: [String: String]) throws {
        try statements.audit(
            AuditEntry(actor: actor, action: action, subject: account, detail: detail), now: now)
    }
}
