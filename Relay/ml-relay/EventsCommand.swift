import ArgumentParser
import Programs
import RelayCore

/// Lists the journal.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "List journaled events, the newest first.")

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Only those of the document with this number.") var subject: String?
    @Option(help: "Only those of this type, for example sap.purchase_order.created.") var type: String?
    @Option(help: "Only those before the event with this number: the last one of the page before.")
    var before: Int64?
    @OptionGroup var page: PageOptions

    func run() async throws {
        let events = try await tenant.open().journal.events(
            subject: subject, type: type, before: before, limit: page.limit)
        try output.print(
            events,
            columns: [
                .init("EVENT", isNumber: true), .init("JOURNALED"), .init("TYPE"), .init("DOCUMENT"),
                .init("VERSION"), .init("ORIGIN"), .init("MESSAGES", isNumber: true),
            ]
        ) { event in
            [
                "\(event.event)", event.journaledAt, event.type, event.subject, event.version, event.origin,
                "\(event.notifications)",
            ]
        }
    }
}
