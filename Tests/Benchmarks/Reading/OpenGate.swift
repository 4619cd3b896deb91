import SAPAccess
import Synchronization

/// A logon gate that is always open: the password is known to be right.
struct OpenGate: LogonGate {
    func begin(_ identity: LogonIdentity) async throws -> LogonAttempt {
        LogonAttempt(identity: identity, id: "1")
    }

    func end(_ attempt: LogonAttempt, _ outcome: LogonOutcome) async throws {}
}

/// A budget of one call at a time, as the bare loop has it.
final class OnePlace: CallBudget {
    private let isTaken = Mutex(false)

    func take(system: String) async throws -> CallPermit? {
        isTaken.withLock { taken in
            guard !taken else { return nil }
            taken = true
            return CallPermit(system: system, id: "1")
        }
    }

    func giveBack(_ permit: CallPermit) async { isTaken.withLock { $0 = false } }

    func places(system: String) async throws -> Int { 1 }
}
