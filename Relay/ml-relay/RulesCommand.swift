import ArgumentParser
import Programs
import RelayCore

/// Rules: checking and applying.
struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Check and apply rules.", subcommands: [Check.self, Apply.self])

    /// Says everything that is wrong with a file.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a rule file against the event schemas, without saving it.")

        @OptionGroup var tenant: TenantOptions
        @Argument(help: "The rule file (YAML).") var file: String

        func run() async throws {
            let open = try await tenant.open()
            let text = try NamedFile.text(file, what: "rule file")
            let rules = try await RuleSets(scope: open.scope).check(text, file: file).get()
            rules.warnings.forEach { print($0.description) }
            print("\(file): \(rules.rules.count) rules, no errors.")
        }
    }

    /// Saves a file and makes it the active set.
    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a rule file, save it as the next version and make it active.",
            discussion: "The running relay uses it from the next event on; nothing is sent again.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var actor: ActorOptions
        @Option(help: "Why, for the audit log.") var note = ""
        @Argument(help: "The rule file (YAML).") var file: String

        func run() async throws {
            let open = try await tenant.open()
            let version = try await RuleSets(scope: open.scope).apply(
                try NamedFile.text(file, what: "rule file"), file: file, by: actor.actor, note: note,
                now: RelayClock.system.now)
            version.rules.warnings.forEach { print($0.description) }
            print("Version \(version.number) with \(version.rules.rules.count) rules is active.")
        }
    }
}
