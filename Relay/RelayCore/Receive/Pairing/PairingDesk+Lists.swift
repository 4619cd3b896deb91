internal import Cryptography
internal import SQLStore

/// One agent as `ml-relay agents list` shows it.
package struct PairedAgentSummary: Hashable, Sendable, Codable {
    /// Its id, which stands in addresses and manifests.
    package let agent: String
    /// Under which active and standby agents stand together.
    package let name: String
    /// `active` (holds the lease), `standby`, or `revoked`.
    package let state: String
    /// Of the host, as the agent says it.
    package let host: String?
    /// Of the agent's program.
    package let version: String?
    /// Fingerprint of its key, as `ml-agent pair` shows it; nil when all its keys are revoked.
    package let key: String?
    /// RFC 3339.
    package let pairedAt: String
    /// RFC 3339; nil before the first request.
    package let lastSeenAt: String?
}

/// One invitation that is still open.
package struct InvitationSummary: Hashable, Sendable, Codable {
    /// Its id, by which it can be revoked.
    package let invitation: String
    /// Of the agent invited.
    package let name: String
    /// RFC 3339.
    package let expiresAt: String
    /// The person who invited.
    package let by: String
}

extension PairingDesk {
    /// All agents of a tenant by name and time of pairing, revoked ones included.
    package func agents(in scope: TenantScope) async throws -> [PairedAgentSummary] {
        let now = reception.clock.now
        return try await scope.read { statements in
            try statements.rows(
                """
                SELECT a.agent, a.name, a.revoked_at, a.host_name, a.version, a.created_at, a.last_seen_at,
                    l.holder = a.agent AND l.lease_until > ?2 AS active,
                    (SELECT k.public_key FROM agent_key k WHERE k.tenant = a.tenant AND k.agent = a.agent
                        AND k.state = 'current' ORDER BY k.number DESC LIMIT 1) AS public_key
                FROM agent a LEFT JOIN agent_lease l ON l.tenant = a.tenant AND l.name = a.name
                WHERE a.tenant = ?1 ORDER BY a.name, a.created_at, a.agent
                """, [now.sql]
            ).map { row in
                let isRevoked = try row.optionalMoment("revoked_at") != nil
                let isActive = try row.optionalInteger("active") == 1
                return PairedAgentSummary(
                    agent: try row.text("agent"), name: try row.text("name"),
                    state: isRevoked ? "revoked" : isActive ? "active" : "standby",
                    host: try row.optionalText("host_name"), version: try row.optionalText("version"),
                    key: try row.optionalBlob("public_key").map {
                        try Ed25519.PublicKey(raw: $0).fingerprint.grouped
                    },
                    pairedAt: try row.moment("created_at").description,
                    lastSeenAt: try row.optionalMoment("last_seen_at")?.description)
            }
        }
    }

    /// The invitations that can still be used.
    package func invitations(in scope: TenantScope) async throws -> [InvitationSummary] {
        let now = reception.clock.now
        return try await scope.read { statements in
            try statements.rows(
                """
                SELECT invitation, name, expires_at, created_by FROM invitation
                WHERE tenant = ?1 AND ended_at IS NULL AND expires_at > ?2 ORDER BY created_at, invitation
                """, [now.sql]
            ).map { row in
                InvitationSummary(
                    invitation: try row.text("invitation"), name: try row.text("name"),
                    expiresAt: try row.moment("expires_at").description, by: try row.text("created_by"))
            }
        }
    }
}
