internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

/// An agent whose signature on a request was believed.
struct PairedAgent: Sendable {
    let scope: TenantScope
    let agent: String
    /// Under which active and standby agents stand together.
    let name: String
    /// The key that signed.
    let keyID: String
    let verifier: RequestVerifier

    var tenant: TenantID { scope.tenant }

    /// Ends the transaction's work where the key was revoked since the signature was checked.
    func checkStillPaired(_ statements: TenantStatements) throws {
        let row = try statements.first(
            """
            SELECT 1 FROM agent a JOIN agent_key k ON k.tenant = a.tenant AND k.agent = a.agent
            WHERE a.tenant = ?1 AND a.agent = ?2 AND k.key_id = ?3
              AND a.revoked_at IS NULL AND k.state <> 'revoked'
            """, [.text(agent), .text(keyID)])
        if row == nil { throw Refusal(.revokedKey) }
    }
}

/// Believes requests of paired agents, or says why not.
struct AgentGate: Sendable {
    let reception: Reception

    private struct KnownKey: Sendable {
        let agent: String
        let name: String
        let key: Ed25519.PublicKey
        let isRevoked: Bool
    }

    /// Finds the key and judges signature, clock and digest, in this order.
    ///
    /// - Parameter components: what must be signed, a list of `SignedComponents`.
    /// - Throws: `Refusal`; one that comes from a believed key carries the relay's standing.
    func admit(_ request: AgentRequest, components: [String]) async throws -> PairedAgent {
        let verifier: RequestVerifier
        do {
            verifier = try RequestVerifier(request.message, components: components)
        } catch {
            throw Refusal(error)
        }
        guard let tenant = try await reception.store.tenant(ofAgent: request.agent) else {
            throw Refusal(.unknownKey)
        }
        let scope = reception.store.scope(tenant)
        guard let known = try await key(verifier.keyID, for: request.agent, in: scope) else {
            throw Refusal(.unknownKey)
        }
        let now = reception.clock.now
        do {
            try verifier.verify(key: known.key, now: now.timestamp)
        } catch {
            guard error == .outsideWindow, !known.isRevoked, known.agent == request.agent else {
                throw Refusal(error)
            }
            throw Refusal(error, standing: try await standing(of: request.agent, known.name, scope, now))
        }
        guard known.agent == request.agent else { throw Refusal(.wrongAgent) }
        guard !known.isRevoked else { throw Refusal(.revokedKey) }
        let paired = PairedAgent(
            scope: scope, agent: request.agent, name: known.name, keyID: verifier.keyID, verifier: verifier)
        try await checkDigest(request, of: paired)
        return paired
    }

    /// The standing for a refusal of a believed request.
    func standing(of agent: PairedAgent, lineages: [Lineage] = []) async throws -> Standing {
        let now = reception.clock.now
        return try await agent.scope.read {
            try $0.standing(agent: agent.agent, name: agent.name, lineages: lineages, now: now)
        }
    }

    private func standing(
        of agent: String, _ name: String, _ scope: TenantScope, _ now: Moment,
    ) async throws -> Standing {
        try await scope.read { try $0.standing(agent: agent, name: name, lineages: [], now: now) }
    }

    private func checkDigest(_ request: AgentRequest, of agent: PairedAgent) async throws {
        let field = request.message.field("content-digest").flatMap(ContentDigest.digest)
        guard let field else {
            throw Refusal(
                .malformed, "Content-Digest has no sha-256.", standing: try await standing(of: agent))
        }
        guard SHA256.hash(request.body) == field else {
            throw Refusal(.digestMismatch, "The body.", standing: try await standing(of: agent))
        }
    }

    /// The agent's own key of that name; else another agent's, which is refused later by its own name.
    private func key(
        _ keyID: String, for agent: String, in scope: TenantScope,
    ) async throws -> KnownKey? {
        try await scope.read { statements in
            let row = try statements.first(
                """
                SELECT a.agent, a.name, k.public_key, a.revoked_at IS NOT NULL OR k.state = 'revoked'
                FROM agent_key k JOIN agent a ON a.tenant = k.tenant AND a.agent = k.agent
                WHERE k.tenant = ?1 AND k.key_id = ?2 ORDER BY a.agent <> ?3 LIMIT 1
                """, [.text(keyID), .text(agent)])
            guard let row else { return nil }
            return KnownKey(
                agent: try row.text(0), name: try row.text(1),
                key: try Ed25519.PublicKey(raw: try row.blob(2)), isRevoked: try row.boolean(3))
        }
    }
}
