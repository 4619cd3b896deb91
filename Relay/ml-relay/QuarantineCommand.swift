import ArgumentParser
import Programs
import RelayCore

/// What could not be decoded.
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "Events that could not be decoded.",
        subcommands: [List.self, Retry.self, Drop.self])

    /// Lists it.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what waits in quarantine, the oldest first.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var page: PageOptions

        func run() async throws {
            try output.print(
                try await tenant.open().journal.quarantine(limit: page.limit),
                columns: [
                    .init("PLACE"), .init("SINCE"), .init("TRIES", isNumber: true), .init("CODE"),
                    .init("REASON"), .init("AGENT"),
                ]
            ) { ["\($0.batch)/\($0.position)", $0.since, "\($0.tries)", $0.code, $0.reason, $0.agent] }
        }
    }

    /// Tries events again.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have events tried again, for example after an upgrade of the relay.",
            discussion:
                "The running relay takes them within a second; what still cannot be read is listed again.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var actor: ActorOptions
        @Flag(help: "All of them.") var all = false
        @Argument(help: "Places as quarantine list shows them, for example 17/3.") var places:
            [QuarantineDesk.Place] = []

        func validate() throws {
            if all == !places.isEmpty { throw ValidationError("Give the places of events, or --all.") }
        }

        func run() async throws {
            let count = try await tenant.open().quarantineDesk.retry(all ? nil : places, by: actor.actor)
            print("\(count) \(count == 1 ? "event is" : "events are") tried again.")
        }
    }

    /// Gives events up.
    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give events up: they are not listed any more, and their bytes stay as proof.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var actor: ActorOptions
        @Option(help: "Why, for the audit log.") var reason: String
        @Argument(help: "Places as quarantine list shows them, for example 17/3.") var places:
            [QuarantineDesk.Place]

        func run() async throws {
            let count = try await tenant.open().quarantineDesk.drop(
                places, reason: reason, by: actor.actor)
            print("\(count) \(count == 1 ? "event is" : "events are") given up.")
        }
    }
}

extension QuarantineDesk.Place: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension OpenTenant {
    fileprivate var quarantineDesk: QuarantineDesk { QuarantineDesk(scope: scope, clock: .system) }
}
