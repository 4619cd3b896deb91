package import Logging
internal import SAPAccess

/// One logon that pins the system, for `pair`: at most one attempt, through the gate like all others.
package struct SystemMeeting: Sendable {
    private let context: AgentContext
    /// A person waits at the terminal.
    private let patience: Duration = .seconds(20)

    package init(_ context: AgentContext) { self.context = context }

    /// Logs on, pins the system when none is pinned yet, and names it.
    /// - Throws: `ConfigurationError.secretMissing` where no password was entered; `SAPAccessError`, `SQLError`.
    package func meet(logger: Logger) async throws -> SystemPin {
        _ = try context.vault.required(.sapPassword)
        let spool = try await context.openSpool()
        let memory = SystemMemory(vault: context.vault, spool: spool)
        let connections = try SAPConnections(context, spool: spool, allowed: AllowList(), logger: logger)
        let patience = patience
        return try await connections.whileRunning { source in
            try await withThrowingTaskGroup(of: SystemPin.self) { group in
                group.addTask {
                    let pin = SystemPin(try await source.systemInformation())
                    guard try await memory.meet(pin) else { throw SystemChanged(met: pin) }
                    return pin
                }
                group.addTask {
                    try await Pause.system(patience)
                    throw SAPAccessError.deadline(what: "the logon")
                }
                defer { group.cancelAll() }
                guard let pin = try await group.next() else { throw CancellationError() }
                return pin
            }
        }
    }
}
