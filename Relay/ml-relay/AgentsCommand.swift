import ArgumentParser
import Foundation
import Programs
import RelayCore

/// Agents: inviting, listing, revoking.
struct AgentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents", abstract: "Invite, list and revoke agents.",
        subcommands: [Invite.self, List.self, Revoke.self])

    /// Prints a token for one agent.
    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a pairing token, good once and for an hour.",
            discussion: "On the agent's host: ml-agent pair, and give it the token on standard input.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var actor: ActorOptions
        @Argument(help: "The agent's name; agents of one name are active and standby.") var name: String
        @Flag(help: "Print the token and nothing else.") var tokenOnly = false

        func run() async throws {
            let open = try await tenant.open()
            let token = try await open.pairingDesk().token(in: open.scope, name: name, by: actor.actor)
            if tokenOnly { return print(token.text) }
            print(
                "Give this token to ml-agent pair on the agent's host; it is good once, until \(token.expires):"
            )
            print("\n\(token.text)\n")
            print(
                "The relay's fingerprint, to compare with what the agent shows: \(try open.keys().fingerprint)"
            )
        }
    }

    /// Lists agents, and invitations that are still open.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List agents and open invitations.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let open = try await tenant.open()
            let desk = try open.pairingDesk()
            let agents = try await desk.agents(in: open.scope)
            let invitations = try await desk.invitations(in: open.scope)
            if output.json {
                return try JSONOutput.print(Both(agents: agents, invitations: invitations))
            }
            try output.print(
                agents,
                columns: [
                    .init("AGENT"), .init("NAME"), .init("STATE"), .init("HOST"), .init("VERSION"),
                    .init("LAST SEEN"), .init("KEY"),
                ]
            ) { agent in
                [
                    agent.agent, agent.name, agent.state, agent.host ?? "", agent.version ?? "",
                    agent.lastSeenAt ?? "never", agent.key ?? "revoked",
                ]
            }
            guard !invitations.isEmpty else { return }
            print("")
            try output.print(
                invitations, columns: [.init("INVITATION"), .init("NAME"), .init("EXPIRES"), .init("BY")]
            ) { [$0.invitation, $0.name, $0.expiresAt, $0.by] }
        }

        private struct Both: Encodable {
            let agents: [PairedAgentSummary]
            let invitations: [InvitationSummary]
        }
    }

    /// Takes an agent's or an invitation's right away.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke an agent, or an invitation that is still open, by its id.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var actor: ActorOptions
        @Argument(help: "Id of the agent or the invitation.") var id: String

        func run() async throws {
            let open = try await tenant.open()
            let desk = try open.pairingDesk()
            if try await desk.invitations(in: open.scope).contains(where: { $0.invitation == id }) {
                try await desk.revoke(invitation: id, in: open.scope, by: actor.actor)
                print("The invitation \(id) is revoked.")
            } else {
                try await desk.revoke(agent: id, in: open.scope, by: actor.actor)
                print("The agent \(id) is revoked: from now on its requests are refused.")
            }
        }
    }
}
