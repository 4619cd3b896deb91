internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore
internal import Values

/// The relay was shown its own acknowledgement for a batch that it does not hold: it has lost commits, by a
/// fail-over or a file that was copied back (DESIGN.md 5, "After a restore"; facts/channel.md H12).
enum LostCommits {
    /// Draws a new incarnation, pauses every tenant and puts it into recovery, and tells a person.
    ///
    /// What was sent since the lost commits is not known any more: to send on would tell twice. Where the loss is
    /// known already (the acknowledgement is of an earlier incarnation and the tenant is in recovery), nothing
    /// changes.
    static func noticed(
        _ statements: TenantStatements, by shown: Acknowledgement, agent: PairedAgent,
        newIncarnation: [UInt8], now: Moment,
    ) throws {
        let row = try statements.first("SELECT incarnation, recovering FROM tenant WHERE tenant = ?1")
        guard let row else { throw TenancyError.unknownTenant(agent.tenant.text) }
        let present = try row.blob(0)
        if try row.boolean(1), present != shown.incarnation { return }
        try statements.drawIncarnation(
            newIncarnation, reason: "An agent showed an acknowledgement for a batch that is not held.",
            now: now)
        try ConnectorAlarm.commitsLost.raise(
            statements, subject: agent.name,
            detail: [
                "agent": agent.agent, "manifest": shown.manifest.hexadecimal,
                "acknowledged": shown.time.description,
            ], now: now)
    }
}
