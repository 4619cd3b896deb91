import ArgumentParser
import Programs
import RelayCore

/// Notifications: listing, and a person's word about them.
struct NotificationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notifications", abstract: "List notifications and settle those that need a person.",
        subcommands: [List.self, Show.self, Resolve.self, Release.self])

    /// Lists them.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List notifications, the newest first.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var output: OutputOptions
        @Option(help: "Only those in this state, for example unconfirmed.") var state:
            NotificationState.Stage?
        @Option(help: "Only those of the document with this number.") var subject: String?
        @Flag(help: "Only those that wait for a person's word.") var forPerson = false
        @Option(help: "Only those before the one with this id: the last one of the page before.") var before:
            String?
        @OptionGroup var page: PageOptions

        func run() async throws {
            let journal = try await tenant.open().journal
            if let before, try await journal.notification(before) == nil {
                throw CommandFailure(
                    "There is no notification \(before).", remedy: "Give the last id of the page before.")
            }
            let notifications = try await journal.notifications(
                state: state?.rawValue, subject: subject, forPerson: forPerson, before: before,
                limit: page.limit)
            try output.print(
                notifications,
                columns: [
                    .init("NOTIFICATION"), .init("CREATED"), .init("DOCUMENT"), .init("RULE"),
                    .init("CHANNEL"), .init("TO"), .init("STATE"), .init("NOTE"),
                ]
            ) { one in
                [
                    one.notification, one.createdAt, one.subject, one.rule, one.channel, one.address ?? "",
                    one.state, one.personReason ?? one.heldReason ?? one.errorText ?? one.errorCode ?? "",
                ]
            }
        }
    }

    /// Shows one with its attempts and evidence.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one notification with its text, attempts and evidence.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "Its id.") var notification: String

        func run() async throws {
            guard let detail = try await tenant.open().journal.notification(notification) else {
                throw CommandFailure(
                    "There is no notification \(notification).",
                    remedy: "List them with ml-relay notifications list.")
            }
            if output.json { return try JSONOutput.print(detail) }
            print(detail.text, terminator: "")
        }
    }
}

extension NotificationsCommand {
    /// A person's word about what nobody could find out.
    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what became of a notification that waits for a person.",
            discussion: "Look it up at the provider first. A later proof overrules what is said here.")

        /// What a person may say.
        enum Word: String, ExpressibleByArgument, CaseIterable {
            case accepted
            case notSent = "not-sent"
            case closed
        }

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var actor: ActorOptions
        @Argument(help: "Its id.") var notification: String
        @Option(help: "accepted: the provider has it; not-sent: it is sent again; closed: it stays unsent.")
        var word: Word
        @Option(help: "With accepted: the provider's name of the message (SID).") var sid: String?

        func validate() throws {
            if sid != nil, word != .accepted { throw ValidationError("--sid goes with --word accepted.") }
        }

        func run() async throws {
            let said: NotificationState.PersonWord =
                switch word {
                case .accepted: .accepted(sid: sid)
                case .notSent: .notSent
                case .closed: .closed
                }
            let state = try await tenant.open().notificationDesk.resolve(notification, said, by: actor.actor)
            print("\(notification) is \(state.rawValue) now.")
        }
    }

    /// Lets what is held go.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Release a notification that is held, for example as a suspected duplicate.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var actor: ActorOptions
        @Argument(help: "Its id.") var notification: String

        func run() async throws {
            let state = try await tenant.open().notificationDesk.release(notification, by: actor.actor)
            print("\(notification) is \(state.rawValue) now.")
        }
    }
}

extension NotificationState.Stage: ExpressibleByArgument {}

extension OpenTenant {
    fileprivate var notificationDesk: NotificationDesk {
        NotificationDesk(scope: scope, times: configuration.sendTimes, clock: .system)
    }
}
