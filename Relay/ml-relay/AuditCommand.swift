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
            discussion: """
                Needs the database alone, and the relay may run. Ends with 1 where something does not hold.

                A log that was rewritten or cut as a whole is consistent in itself: heads that agents keep from the \
                relay's answers give it away. A file of them has one a line: the digest in hexadecimal, in front of \
                it the entry's number where it is known.
                """)

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var output: OutputOptions
        @Option(help: ArgumentHelp("A file of heads that agents keep.", valueName: "file")) var heads: String?

        func run() async throws {
            let kept = try heads.map(Self.read) ?? []
            let report = try await AuditVerifier(scope: try await tenant.open().scope).verify(heads: kept)
            if output.json {
                try JSONOutput.print(report)
            } else {
                print("audit entries \(report.entries), not sealed yet \(report.unsealed)")
                print("batches \(report.batches), events \(report.leaves), callbacks \(report.callbacks)")
                if heads != nil { print("heads of agents \(report.heads)") }
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

        private static func read(_ file: String) throws -> [AuditVerifier.KeptHead] {
            let text = try NamedFile.text(file, what: "file of heads")
            let heads: [AuditVerifier.KeptHead]
            do {
                heads = try AuditVerifier.KeptHead.read(text)
            } catch {
                throw CommandFailure(
                    "Line \(error.number) of \(file) is no head of an audit log.",
                    remedy: "Write 64 hexadecimal digits, and in front of them the number where it is known.",
                    kind: .configuration)
            }
            guard !heads.isEmpty else {
                throw CommandFailure(
                    "The file \(file) holds no head.",
                    remedy: "Write one a line, as ml-agent status shows it.",
                    kind: .configuration)
            }
            return heads
        }
    }
}
