import ArgumentParser
import Programs
import RelayCore

/// The addresses that providers call.
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks", abstract: "Print the webhook address of each account.",
        discussion: """
            Enter SendGrid's address at SendGrid as the Event Webhook, with signing switched on. Twilio needs no \
            entry: every message names its own callback.
            """)

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try output.print(
            try await tenant.open().journal.webhooks(),
            columns: [.init("ACCOUNT"), .init("PROVIDER"), .init("URL")]
        ) { [$0.account, $0.provider, $0.url] }
    }
}
