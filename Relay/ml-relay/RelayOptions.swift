import ArgumentParser
import Foundation
import Logging
import Programs
import RelayCore

/// Which relay a command is about.
struct RelayOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file; else the environment's ML_RELAY_CONFIG, else /etc/ml-relay/relay.yaml.",
            valueName: "file"))
    var config: String?

    /// Of the environment.
    static let variable = "ML_RELAY_CONFIG"

    var configurationPath: String {
        config ?? ProcessInfo.processInfo.environment[Self.variable] ?? "/etc/ml-relay/relay.yaml"
    }

    func configuration() throws -> RelayConfiguration { try RelayConfiguration.load(path: configurationPath) }
}

/// Whose rows a command is about.
struct TenantOptions: ParsableArguments {
    @OptionGroup var relay: RelayOptions
    @Option(help: "The tenant; needed where there is more than one.") var tenant: String?

    /// Opens the database of the relay and finds the tenant.
    func open() async throws -> OpenTenant {
        let configuration = try relay.configuration()
        let store = try await RelayInstallation(configuration: configuration).openStore()
        let tenants = try await store.tenants()
        let chosen: TenantID
        if let tenant {
            chosen = try await store.tenant(named: tenant)
        } else if let only = tenants.first, tenants.count == 1 {
            chosen = only
        } else {
            throw CommandFailure(
                tenants.isEmpty ? "The relay has no tenant yet." : "The relay has \(tenants.count) tenants.",
                remedy: tenants.isEmpty ? "Run ml-relay init." : "Say which one with --tenant.",
                kind: .configuration)
        }
        return OpenTenant(configuration: configuration, store: store, scope: store.scope(chosen))
    }
}

/// Who gives a command, for the audit log.
struct ActorOptions: ParsableArguments {
    @Option(help: "Who says so, for the audit log; else the name of the system's user.") var by: String?

    var actor: String { "person:\(by ?? NSUserName())" }
}

/// How much of a list is shown.
struct PageOptions: ParsableArguments {
    @Option(help: "At most so many, up to 1000000.") var limit = 50

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit is 1 to 1000000.") }
    }
}

/// How a list is printed.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON.") var json = false

    /// Prints `values` as JSON, or the table that `row` fills.
    func print<Value: Encodable>(
        _ values: [Value], columns: [TextTable.Column], row: (Value) -> [String],
    ) throws {
        if json { return try JSONOutput.print(values) }
        var table = TextTable(columns)
        for value in values { table.add(row(value)) }
        Swift.print(table.text, terminator: "")
    }
}

/// A relay's database and one tenant of it, opened for a command.
struct OpenTenant {
    let configuration: RelayConfiguration
    let store: RelayStore
    let scope: TenantScope

    var journal: Journal { Journal(scope: scope) }
    func keys() throws -> RelayKeys { try RelayInstallation(configuration: configuration).keys() }

    func pairingDesk() throws -> PairingDesk {
        PairingDesk(
            reception: Reception(store: store, clock: .system, logger: Logger(label: "ml-relay")),
            keys: try keys(), configuration: configuration)
    }
}

extension RelayClock {
    /// The clocks of this machine; the only place that reads them.
    static let system: RelayClock = {
        let start = ContinuousClock.now
        return RelayClock(
            now: { Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) },
            monotonic: { ContinuousClock.now - start })
    }()
}
