package import Logging
package import Programs
package import SAPAccess
internal import Values

/// Checks an installation from the inside out: files, library, logon, clocks, tables, relay (DESIGN 4.8).
///
/// It makes at most one attempt to log on, through the gate like everybody, and changes nothing.
package struct Doctor: Sendable {
    let context: AgentContext
    private let logger: Logger
    private let report: @Sendable (DoctorFinding) -> Void
    private let deadlines: RFCDeadlines

    /// - Parameters:
    ///   - report: called with each finding as soon as it is there.
    ///   - deadlines: what each step at SAP may take: a person waits.
    package init(
        _ context: AgentContext, logger: Logger, deadlines: RFCDeadlines = Self.patience,
        report: @escaping @Sendable (DoctorFinding) -> Void,
    ) {
        self.context = context
        self.logger = logger
        self.report = report
        self.deadlines = deadlines
    }

    /// Shorter than the agent's own.
    package static var patience: RFCDeadlines {
        var deadlines = RFCDeadlines()
        deadlines.logon = .seconds(30)
        deadlines.call = .seconds(30)
        return deadlines
    }

    /// Runs all checks.
    /// - Returns: all findings, in order.
    package func run() async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        func add(_ finding: DoctorFinding) {
            report(finding)
            findings.append(finding)
        }
        for finding in await installation() { add(finding) }
        let (library, isLoaded) = libraryCheck()
        add(library)
        if isLoaded {
            for finding in await sap() { add(finding) }
        } else {
            add(DoctorFinding("logon", .skipped, "Without the library nobody can log on."))
        }
        for finding in await relay() { add(finding) }
        return findings
    }

    /// The library's own process is a worker's; this look costs at most this command.
    private func libraryCheck() -> (DoctorFinding, isLoaded: Bool) {
        let path = context.configuration.source.library
        do throws(SAPAccessError) {
            let library = try RFCLibrary(
                loading: RFCLibraryLocation(path: path, traceFolder: context.configuration.paths.trace))
            let version = "\(library.version.release) patch level \(library.version.patch)"
            return (
                DoctorFinding("library", .ok, "\(version) at \(path), with what it needs beside it."), true
            )
        } catch {
            return (Self.failed("library", error), false)
        }
    }

    private func sap() async -> [DoctorFinding] {
        do {
            let catalogue = try context.feeds()
            let spool = try await context.openSpool()
            let connections = try SAPConnections(
                context, spool: spool, allowed: catalogue.allowed, deadlines: deadlines, logger: logger)
            let examination = SAPExamination(
                configuration: context.configuration.source, allowed: catalogue.allowed, clock: context.clock,
                pinned: try await SystemMemory(vault: context.vault, spool: spool).pinned())
            return try await connections.whileRunning { source in await examination.run(source) }
        } catch {
            return [Self.failed("logon", error)]
        }
    }

    /// What any error comes to, with its remedy taken apart where it has one.
    static func failed(_ check: String, _ error: any Error) -> DoctorFinding {
        if let failure = error as? any Failure {
            return DoctorFinding(check, .failed, failure.sentence, remedy: failure.remedy)
        }
        return DoctorFinding(check, .failed, String(describing: error))
    }
}

extension [DoctorFinding] {
    /// The failure that a script hears; nil when nothing failed.
    package var failure: CommandFailure? {
        let count = count { $0.verdict == .failed }
        guard count > 0 else { return nil }
        return CommandFailure(
            "\(count) of \(self.count) checks failed.", remedy: "Follow the remedies above, from the top.",
            kind: .configuration)
    }
}
