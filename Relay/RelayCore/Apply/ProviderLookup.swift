internal import Cryptography
internal import Messaging
internal import SQLStore

/// Asks Twilio about what nobody called back about: its list while unconfirmed (rows 13 to 15), the message by
/// its name afterwards (row 20).
struct ProviderLookup: Sendable {
    let context: DispatchContext
    let notification: String
    /// The newest attempt when the question was put.
    let attempt: AttemptID
    let account: ProviderAccount
    let secret: Secret?
    let question: Question
    /// Begin of the question, by the database's clock, under the ownership that it was put in.
    let begunAt: Moment

    enum Question: Sendable {
        case list(address: String, since: Int64)
        case fetch(sid: String, owner: AttemptID)
        /// A second notification of the same sender, recipient and text is open: no list could tell them apart.
        case twin
    }
    private enum Answer: Sendable {
        case listing(TwilioMessages.Listing)
        case message(TwilioMessage)
        case notFound
        case none
    }

    /// The questions that are due at an account, oldest first.
    static func due(
        _ statements: TenantStatements, context: DispatchContext, account: ProviderAccount, now: Moment,
        limit: Int, except: Set<String>,
    ) throws -> [ProviderLookup] {
        let rows = try statements.rows(
            """
            SELECT notification FROM notification
            WHERE tenant = ?1 AND next_fetch_at <= ?2 AND account = ?3 AND channel <> 'email'
                AND state IN ('unconfirmed', 'accepted', 'sent')
            ORDER BY next_fetch_at LIMIT ?4
            """, [now.sql, .text(account.name), .integer(Int64(limit + except.count))])
        let secret = try? context.secrets.current(statements, name: account.secretName)?.primary
        let store = NotificationStore(statements)
        var lookups: [ProviderLookup] = []
        for row in rows where lookups.count < limit {
            let notification = try row.text(0)
            guard !except.contains(notification), let (state, content) = try store.load(notification),
                let newest = state.newest,
                let question = try question(statements, state, content)
            else { continue }
            lookups.append(
                ProviderLookup(
                    context: context, notification: notification, attempt: newest.id, account: account,
                    secret: secret, question: question, begunAt: now))
        }
        return lookups
    }

    private static func question(
        _ statements: TenantStatements, _ state: NotificationState, _ content: NotificationContent,
    ) throws -> Question? {
        if state.stage == .unconfirmed {
            guard let address = content.address else { return nil }
            if try hasTwin(statements, content) { return .twin }
            let match = ListMatch(content: content, attempts: state.attempts, otherTexts: [])
            return .list(address: address, since: match.since)
        }
        // Accepted without a name (the list or a callback gave none): nothing to ask by.
        let owner = state.attempts.first { $0.sid != nil && $0.sid == state.sid } ?? state.newest
        guard let owner else { return nil }
        return .fetch(sid: state.sid ?? "", owner: owner.id)
    }

    /// F12: another notification with the same sender, recipient and text whose attempt is open; texts are compared
    /// as the list's are.
    static func hasTwin(_ statements: TenantStatements, _ content: NotificationContent) throws -> Bool {
        try openTexts(statements, content, ofAnySender: false).contains(ListMatch.normal(content.body))
    }

    /// What our other notifications whose attempts are open say to the same address.
    private static func openTexts(
        _ statements: TenantStatements, _ content: NotificationContent, ofAnySender: Bool,
    ) throws -> Set<String> {
        let rows = try statements.rows(
            """
            SELECT o.body FROM attempt a
            CROSS JOIN notification o ON o.tenant = a.tenant AND o.notification = a.notification
            WHERE a.tenant = ?1 AND a.result = 'open' AND a.notification <> ?2 AND o.address = ?3
                AND (?5 = 1 OR o.sender IS ?4) AND o.body IS NOT NULL
            """,
            [
                .text(content.notification), SQLValue(content.address), SQLValue(content.sender),
                SQLValue(ofAnySender),
            ])
        return Set(try rows.map { ListMatch.normal(try $0.text(0)) })
    }

    /// Asks, and writes what the answer means.
    ///
    /// - Throws: `TenancyError.notOwner`: what was read is forgotten then (facts/send.md F6).
    func run(as ownership: TenantOwnership) async throws {
        let answer = await ask()
        let now = context.clock.now
        try await context.scope.write(as: ownership, now: now) { statements in
            let store = NotificationStore(statements)
            guard let (before, content) = try store.load(notification), before.newest?.id == attempt else {
                return
            }
            var state = before
            let effects = try apply(answer, to: &state, content, statements, now: now)
            try store.save(state, was: before, content, effects: effects, actor: ownership.node, now: now)
        }
    }

    /// Puts the question off, so that one that cannot be answered does not stand before the others.
    func postpone(as ownership: TenantOwnership) async throws {
        let now = context.clock.now
        let next = now + context.times.lookupRetry
        _ = try await context.scope.write(as: ownership, now: now) { statements in
            try statements.run(
                "UPDATE notification SET next_fetch_at = ?3 WHERE tenant = ?1 AND notification = ?2",
                [.text(notification), next.sql])
        }
    }

    private func ask() async -> Answer {
        guard let secret else { return .none }
        let messages = ProviderGateway(context: context).messages(account, secret: secret)
        do throws(TwilioMessages.ReadFailure) {
            switch question {
            case .twin: return .none
            case .list(let address, let since):
                let now = context.clock.now.milliseconds / 1_000
                return .listing(try await messages.list(to: address, since: since, now: now))
            case .fetch(let sid, _): return .message(try await messages.fetch(sid: sid))
            }
        } catch {
            return error == .notFound ? .notFound : .none
        }
    }

    private func apply(
        _ answer: Answer, to state: inout NotificationState, _ content: NotificationContent,
        _ statements: TenantStatements, now: Moment,
    ) throws -> [NotificationEffect] {
        let times = context.times
        if case .fetch(_, let owner) = question {
            switch answer {
            case .message(let message):
                let word = DeliveryWord.twilio(
                    status: message.status, sid: message.sid, trouble: message.errorCode.map(trouble))
                return state.handle(fetched: word, of: owner, now: now, times: times)
            case .notFound: return state.fetchedOnce(now: now, times: times)
            default: return state.notFetched(now: now, times: times)
            }
        }
        let finding = try finding(answer, state, content, statements)
        // Begun before the clock was set back, it would seem to have begun after a wait that is not over.
        return state.handle(finding, of: attempt, begunAt: min(begunAt, now), now: now, times: times)
            + state.settle(now: now, times: times)
    }

    /// Twins and bound names are looked at again here, in the transaction that applies the answer.
    private func finding(
        _ answer: Answer, _ state: NotificationState, _ content: NotificationContent,
        _ statements: TenantStatements,
    ) throws -> ListFinding {
        if case .twin = question { return .unclear(reason: "twin") }
        guard case .listing(let listing) = answer else { return .unavailable }
        if try Self.hasTwin(statements, content) { return .unclear(reason: "twin") }
        let store = NotificationStore(statements)
        let match = ListMatch(
            content: content, attempts: state.attempts,
            otherTexts: try Self.openTexts(statements, content, ofAnySender: true))
        return try match.finding(
            listing, isBound: { try store.isTaken(sid: $0, except: nil, of: notification) },
            trouble: trouble)
    }

    private func trouble(_ code: Int) -> NotificationState.Trouble {
        RetryPolicy(catalogue: context.catalogue, times: context.times, jitter: context.jitter)
            .trouble(twilioCode: code)
    }
}
