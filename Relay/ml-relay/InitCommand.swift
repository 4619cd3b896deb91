import ArgumentParser
import Foundation
import Programs
import RelayCore

/// Makes everything that a relay needs before it runs; can be run again after an interruption.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make configuration, keys, certificate authority and database.",
        discussion: """
            Writes an example configuration where there is none, then makes what that configuration names and is \
            not there yet: master key, vault with the relay's keys, database and tenants. Nothing is overwritten.
            """)

    @OptionGroup var relay: RelayOptions
    @Option(help: "Folder of database, vault and master key in a new configuration.") var folder =
        "/var/lib/ml-relay"

    func run() async throws {
        let path = relay.configurationPath
        if !FileManager.default.fileExists(atPath: path) {
            try write(ExampleConfiguration.text(folder: folder), to: path)
            print(
                "Wrote \(path): set the addresses, accounts and senders in it, then run ml-relay init again.")
            return
        }
        let configuration = try relay.configuration()
        let keys = try await RelayInstallation(configuration: configuration)
            .make(now: RelayClock.system.now)
        let tenants = configuration.tenants.map(\.tenant.text).joined(separator: ", ")
        print("The relay is set up: database \(configuration.database), tenants \(tenants).")
        print("The relay's fingerprint: \(keys.fingerprint)")
        print("Keep \(configuration.masterKey) out of every backup that holds the database or the vault.")
    }

    private func write(_ text: String, to path: String) throws {
        let url = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url, options: .withoutOverwriting)
        } catch {
            throw CommandFailure(
                "The configuration \(path) cannot be written.",
                remedy: "Check the folder's owner and mode, or name another file with --config.",
                kind: .configuration)
        }
    }
}
