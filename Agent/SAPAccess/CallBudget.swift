/// One place in the budget of an SAP system, held while a connection lives.
package struct CallPermit: Hashable, Sendable {
    /// The configured name of the SAP system.
    package let system: String
    /// Drawn by the budget; unique while held.
    package let id: String

    package init(system: String, id: String) {
        self.system = system
        self.id = id
    }
}

/// The one budget of calls per SAP system (4, of 1 to 50), kept in the spool database by AgentCore and shared
/// by every access, worker and command of the host (DESIGN 4.6).
///
/// An RFC worker holds one permit from before its start until its process has ended, so that calls in flight
/// never exceed the budget; a permit of a process that died is free again by the budget's own means.
package protocol CallBudget: Sendable {
    /// Takes a place, or answers nil at once when none is free. The caller asks again later.
    /// - Throws: the store's error; then no connection may be opened.
    func take(system: String) async throws -> CallPermit?
    /// Gives a place back. Cannot fail: what cannot be written now is freed when the budget finds its owner dead.
    func giveBack(_ permit: CallPermit) async
    /// How many places the system has, free or taken (1 to 50).
    func places(system: String) async throws -> Int
}
