import ArgumentParser
import Programs
import RelayCore

/// The audit log.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit log and its proof.", subcommands: [Verify.self])

    /// Checks it.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check signatures, leaves and the audit chain, and name the first broken link.",
            discussion: "Needs the database alone. Ends with 1 where something does not hold.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let report = try await AuditVerifier(scope: try await tenant.open().scope).verify()
            if output.json {
                try JSONOutput.print(report)
            } else {
                print("audit entries \(report.entries), not sealed yet \(report.unsealed)")
                print("batches \(report.batches), events \(report.leaves), callbacks \(report.callbacks)")
                for erased in report.erased {
                    print("\(erased.what): erased on \(erased.at) by \(erased.by)")
                }
            }
            if let broken = report.broken {
                throw CommandFailure(
                    "\(broken.link) does not hold: \(broken.sentence)",
                    remedy: "Put the database aside and compare it with a backup and the agents' heads.")
            }
            if !output.json { print("Everything holds.") }
        }
    }
}
