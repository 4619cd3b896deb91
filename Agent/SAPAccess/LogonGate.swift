/// Who logs on where: what a logon gate keeps its state by (DESIGN 4.6).
package struct LogonIdentity: Hashable, Sendable {
    /// The configured name of the SAP system, not its host.
    package let system: String
    /// Three digits.
    package let client: String
    package let user: String

    package init(system: String, client: String, user: String) {
        self.system = system
        self.client = client
        self.user = user
    }
}

/// One attempt that the gate has written down before it is made.
package struct LogonAttempt: Hashable, Sendable {
    package let identity: LogonIdentity
    /// Drawn by the gate; unique among all attempts it remembers.
    package let id: String

    package init(identity: LogonIdentity, id: String) {
        self.identity = identity
        self.id = id
    }
}

/// How an attempt to log on ended.
package enum LogonOutcome: Equatable, Sendable {
    /// SAP let the user in; the attempt is cleared.
    case succeeded
    /// SAP answered with a logon failure: the gate closes at once (one refusal), since five lock the user.
    case refused(sentence: String)
    /// Nobody knows whether SAP saw a password: time-out, killed worker. Two of these close the gate.
    case unknown
    /// SAP never saw a password (host unreachable, library missing): nothing is counted.
    case notMade
}

/// Why the gate lets nobody through.
package enum LogonGateError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Closed until the secret changes or `ml-agent secrets retry`.
    case closed(LogonIdentity, reason: String)
    /// Another attempt is under way and did not end in the time that the gate waits.
    case busy(LogonIdentity)

    package var description: String {
        switch self {
        case .closed(let identity, let reason):
            "no logon to \(identity.system) client \(identity.client) as \(identity.user): \(reason). "
                + "Enter the right password with `ml-agent secrets set`, or run `ml-agent secrets retry`."
        case .busy(let identity):
            "another logon to \(identity.system) client \(identity.client) is still under way. Try again later."
        }
    }
}

/// The one gate in front of every logon to SAP, kept in the spool database by AgentCore (DESIGN 4.6).
///
/// The attempt is durable before `begin` returns: if it cannot be written, `begin` throws and nobody logs on.
/// At most one attempt per identity is in flight; `begin` waits a bounded time for another one and throws
/// `LogonGateError.busy` after it.
package protocol LogonGate: Sendable {
    /// Writes an attempt down and lets the caller log on once.
    /// - Throws: `LogonGateError`, or the store's error; in both cases no logon may be made.
    func begin(_ identity: LogonIdentity) async throws -> LogonAttempt
    /// Says how the attempt ended. Called exactly once for each attempt that `begin` handed out, unless the
    /// process dies; an attempt without an end counts as `unknown`.
    func end(_ attempt: LogonAttempt, _ outcome: LogonOutcome) async throws
}
