import ArgumentParser
import Foundation
import Programs
import RelayCore

/// The tenant's own mapping.
struct DirectoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory", abstract: "The tenant's own addresses and mappings.",
        subcommands: [Import.self])

    /// Imports a file.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import addresses and mappings from a CSV file, all of it or nothing.",
            discussion: """
                Columns: a kind of party (vendor, purchasing_group, user, cost_center, plant, …), or kind and \
                key; then phone, email, target (kind:key of whom it stands for), name, language, time_zone, \
                country, rank. Importing a file of the same name again replaces what it said before.
                """)

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var actor: ActorOptions
        @Option(help: "utf-8 or windows-1252.") var encoding = "utf-8"
        @Argument(help: "The CSV file.") var file: String

        func run() async throws {
            let open = try await tenant.open()
            let content = try NamedFile.bytes(file, what: "directory file", remedy: "Correct its name.")
            let summary = try await DirectoryImport(scope: open.scope).run(
                content, file: URL(fileURLWithPath: file).lastPathComponent, encoding: encoding,
                by: actor.actor, now: RelayClock.system.now)
            print("\(summary.rows) lines; the addresses of \(summary.changedParties) parties changed.")
        }
    }
}
