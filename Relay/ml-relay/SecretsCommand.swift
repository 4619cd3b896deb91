import ArgumentParser
import Foundation
import Programs
import RelayCore

/// Secrets of a tenant's accounts.
struct SecretsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Auth tokens and API keys of providers.", subcommands: [Set.self])

    /// Sets or rotates one.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a secret, or rotate it: the one before stays valid for what comes in.",
            discussion: """
                Names are ACCOUNT.auth_token (Twilio), ACCOUNT.api_key and ACCOUNT.event_public_key (SendGrid), \
                ACCOUNT being the account's name in the configuration. The value comes from standard input or a \
                file, never from the command line.
                """)

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var actor: ActorOptions
        @Argument(help: "Name of the secret, for example twilio.auth_token.") var name: String
        @Option(help: "File that holds the value; else standard input.") var file: String?

        func run() async throws {
            let open = try await tenant.open()
            let accounts = open.configuration.tenants.first { $0.tenant == open.scope.tenant }?.accounts ?? []
            let known = accounts.flatMap { account in
                switch account.provider {
                case .twilio: ["\(account.name).auth_token"]
                case .sendgrid: ["\(account.name).api_key", "\(account.name).event_public_key"]
                }
            }
            guard known.contains(name) else {
                throw CommandFailure(
                    "No account of the tenant has a secret \(name).",
                    remedy: known.isEmpty
                        ? "Add the account to the configuration first."
                        : "Use one of \(known.joined(separator: ", ")).",
                    kind: .configuration)
            }
            let value = try SecretInput.read(file, what: name)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            guard !name.hasSuffix(".event_public_key") || EventWebhookKey.isUsable(value) else {
                throw CommandFailure(
                    "This is no verification key of SendGrid's Event Webhook.",
                    remedy: "Copy the whole key from SendGrid's settings: one line of base64.",
                    kind: .configuration)
            }
            let number = try await TenantSecrets(keys: try open.keys())
                .set(open.scope, name: name, text: value, by: actor.actor, now: RelayClock.system.now)
            print("\(name) is set (number \(number)).")
        }
    }
}
