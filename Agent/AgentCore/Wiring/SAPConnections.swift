internal import Cryptography
package import Logging
package import SAPAccess

/// Everything between the configuration and a source that feeds read: pool, gate, budget, allow-list.
package struct SAPConnections: Sendable {
    /// The workers; nothing happens before its `run`.
    package let pool: RFCWorkerPool
    /// Reads through the pool, what the feeds may read.
    package let source: RFCSource

    /// Puts them together; nothing is started.
    /// - Parameters:
    ///   - executable: the program that serves as a worker; this one by default.
    ///   - deadlines: what each step may take.
    /// - Throws: `SAPAccessError` where the system has no thread left.
    package init(
        _ context: AgentContext, spool: Spool, allowed: AllowList, executable: String = thisProgram,
        deadlines: RFCDeadlines = RFCDeadlines(), logger: Logger,
    ) throws {
        let configuration = context.configuration.source
        let vault = context.vault
        let owner = ProcessOwner.current
        pool = try RFCWorkerPool(
            executable: executable,
            library: RFCLibraryLocation(
                path: configuration.library, traceFolder: context.configuration.paths.trace),
            destination: RFCDestination(
                system: configuration.name, client: configuration.client, user: configuration.user,
                parameters: configuration.logonParameters
            ) { try vault.required(.sapPassword).exposedText },
            gate: SpoolLogonGate(spool: spool, owner: owner) {
                try await Pause.system(.milliseconds(200))
            }, budget: SpoolCallBudget(spool: spool, owner: owner, capacity: configuration.calls),
            deadlines: deadlines, logger: logger)
        source = RFCSource(pool: pool, allowList: allowed, readers: configuration.readers)
    }

    /// This very program, also while a package manager replaces its file.
    package static let thisProgram = "/proc/self/exe"

    /// Runs the pool as long as `body` takes: for commands.
    package func whileRunning<Value: Sendable>(
        _ body: @escaping @Sendable (RFCSource) async throws -> Value,
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await pool.run()
                return nil
            }
            group.addTask { try await body(source) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let value = result { return value }
            }
            throw CancellationError()
        }
    }
}

extension SourceConfiguration {
    /// Connection parameters by the library's names, without client, user and password.
    var logonParameters: [String: String] {
        var parameters = ["LANG": language]
        switch server {
        case .application(let host, let systemNumber):
            parameters["ASHOST"] = host
            parameters["SYSNR"] = systemNumber
        case .group(let messageServer, let systemID, let group):
            parameters["MSHOST"] = messageServer
            parameters["R3NAME"] = systemID
            parameters["GROUP"] = group
        }
        if let router { parameters["SAPROUTER"] = router }
        return parameters
    }
}
