import ArgumentParser
import Programs
import RelayCore

/// What is stopped or resumed.
struct PauseTarget: ParsableArguments {
    @Option(help: "Only this channel: sms or email.") var channel: String?
    @Option(help: "Only this rule, by its name.") var rule: String?

    func validate() throws {
        if channel != nil, rule != nil { throw ValidationError("Give --channel or --rule, not both.") }
        if let channel, !["sms", "email"].contains(channel) {
            throw ValidationError("--channel is sms or email.")
        }
    }

    var target: PauseDesk.Target {
        if let channel { return .channel(channel) }
        if let rule { return .rule(rule) }
        return .tenant
    }
}

/// Stops sending.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Stop sending for the tenant, a channel or a rule, within a second.",
        discussion: "Events go on being received, journaled and decided; what is due waits.")

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var actor: ActorOptions
    @OptionGroup var what: PauseTarget
    @Option(help: "Why, for the audit log.") var reason: String

    func validate() throws {
        if reason.isEmpty { throw ValidationError("--reason says why, for those who come after.") }
    }

    func run() async throws {
        let open = try await tenant.open()
        let wasRunning = try await open.pauseDesk.pause(what.target, reason: reason, by: actor.actor)
        print(wasRunning ? "\(what.target) is paused." : "\(what.target) was paused already.")
        if let rule = what.rule, try await !RuleSets(scope: open.scope).isActive(rule: rule) {
            print("Note that the active rule set has no rule of this name.")
        }
    }
}

/// Lets sending go on.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let sending go on.",
        discussion: "After a pause of more than an hour it asks what becomes of the messages that wait.")

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var actor: ActorOptions
    @OptionGroup var what: PauseTarget
    @Flag(help: "Send what waits.") var send = false
    @Flag(help: "Let what waits expire.") var expire = false

    func validate() throws {
        if send, expire { throw ValidationError("Give --send or --expire, not both.") }
    }

    func run() async throws {
        let open = try await tenant.open()
        let expired = try await open.pauseDesk.resume(
            what.target, backlog: send ? .send : expire ? .expire : nil, by: actor.actor)
        print("\(what.target) goes on" + (expired > 0 ? "; \(expired) messages expired." : "."))
    }
}

extension OpenTenant {
    fileprivate var pauseDesk: PauseDesk {
        PauseDesk(scope: scope, times: configuration.sendTimes, clock: .system)
    }
}
