internal import SQLStore

/// What a person says about single notifications: any node, and any command, may write it.
package struct NotificationDesk: Sendable {
    private let scope: TenantScope
    private let times: SendTimes
    private let clock: RelayClock

    /// - Parameter times: the relay's; they say when an accepted message is looked at again.
    package init(scope: TenantScope, times: SendTimes, clock: RelayClock) {
        self.scope = scope
        self.times = times
        self.clock = clock
    }

    /// Settles a message in the person's queue (facts/send.md row 21); a later proof overrules the word.
    ///
    /// - Returns: the state it is in now.
    /// - Throws: ``DeskError``, `SQLError`.
    @discardableResult
    package func resolve(
        _ notification: String, _ word: NotificationState.PersonWord, by person: String,
    ) async throws -> NotificationState.Stage {
        try await change(notification, by: person) { [times, clock] state, store in
            if case .accepted(let sid?) = word, try store.isTaken(sid: sid, except: nil, of: notification) {
                throw DeskError.refused(notification, .nameTaken)
            }
            return try state.resolve(word, by: person, now: clock.now, times: times)
        }
    }

    /// Releases what is held (facts/send.md row 26): it is sent if its time is not over.
    ///
    /// - Returns: the state it is in now.
    /// - Throws: ``DeskError``, `SQLError`.
    @discardableResult
    package func release(
        _ notification: String, by person: String,
    ) async throws -> NotificationState.Stage {
        try await change(notification, by: person) { [times, clock] state, _ in
            try state.release(by: person, now: clock.now, times: times)
        }
    }

    /// Takes a notification back (row 19).
    ///
    /// - Returns: true where it was withdrawn for certain, false where it may have left.
    /// - Throws: ``DeskError``, `SQLError`.
    package func cancel(_ notification: String, by person: String) async throws -> Bool {
        let stage = try await change(notification, by: person) { [times, clock] state, _ in
            state.stop(.cancel, now: clock.now, times: times).effects
        }
        return stage == .cancelled
    }

    private func change(
        _ notification: String, by person: String,
        _ step:
            @escaping @Sendable (inout NotificationState, NotificationStore) throws -> [NotificationEffect],
    ) async throws -> NotificationState.Stage {
        let clock = clock
        return try await scope.write { statements in
            let store = NotificationStore(statements)
            guard let (before, content) = try store.load(notification) else {
                throw DeskError.unknownNotification(notification)
            }
            let stored = try statements.first(
                "SELECT 1 FROM evidence WHERE tenant = ?1 AND notification = ?2 AND applied_at IS NULL",
                [.text(notification)])
            if stored != nil { throw DeskError.refused(notification, .evidenceWaiting) }
            var state = before
            do {
                let effects = try step(&state, store)
                try store.save(
                    state, was: before, content, effects: effects, actor: person, now: clock.now)
                // Its account may have been retired while a person thought about it.
                if state.stage == .scheduled {
                    try StrandedMessages(statements: statements, now: clock.now).settle()
                }
            } catch let refusal as NotificationState.PersonRefusal {
                throw DeskError.refused(notification, refusal)
            }
            return state.stage
        }
    }
}
