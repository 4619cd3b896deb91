internal import ConnectorProtocol
internal import Cryptography
internal import SQLStore

extension PairingDesk {
    /// Answers `POST /v1/pairing/hello`: the agent's id, and the relay's proof that it knows the token's secret.
    ///
    /// The same hello gets the same proof again; it changes nothing but the memory of who said hello.
    package func hello(_ request: AgentRequest) async -> AgentReply {
        await reception.answer("pairing", agent: "") {
            let hello: PairingHello
            do throws(ProtocolError) {
                hello = try PairingHello(bytes: request.body)
            } catch { throw Refusal(error) }
            let (scope, keys) = (try await self.scope(hello.invitation), self.keys)
            let now = self.reception.clock.now
            let secret = try await scope.write { statements in
                guard let invitation = try Invitation(statements, id: hello.invitation, keys: keys) else {
                    throw Refusal(.tokenUnknown)
                }
                if let refusal = invitation.refusal(of: hello.agentKey, now: now) { throw refusal }
                try invitation.remember(hello, statements)
                return invitation.secret
            }
            let transcript = self.transcript(hello)
            let challenge = PairingChallenge(
                agent: transcript.agent, relayKey: transcript.relayKey, relayVersion: transcript.relayVersion,
                proof: transcript.proof(of: .relay, secret: secret), time: now.timestamp)
            return .message(challenge.bytes)
        }
    }

    /// Answers `POST /v1/pairing/proof`: the agent is known from now on.
    ///
    /// The same token from the same key gets the same receipt again; five wrong proofs end the invitation.
    package func proof(_ request: AgentRequest) async -> AgentReply {
        await reception.answer("pairing", agent: "") {
            let proof: PairingProof
            do throws(ProtocolError) {
                proof = try PairingProof(bytes: request.body)
            } catch { throw Refusal(error) }
            let scope = try await self.scope(proof.invitation)
            let now = self.reception.clock.now
            try await self.believe(request, key: proof.agentKey, scope: scope, now: now)
            let outcome = try await scope.write { try self.settle(proof, $0, now: now) }
            switch outcome {
            case .paired(let answer): return .message(answer.bytes)
            case .refused(let document): return .problem(document)
            }
        }
    }

    private enum Outcome: Sendable {
        case paired(PairingAnswer)
        case refused(ProblemDocument)
    }

    private func scope(_ invitation: [UInt8]) async throws -> TenantScope {
        let text = Hexadecimal.encode(invitation)
        guard let tenant = try await reception.store.tenant(ofInvitation: text) else {
            throw Refusal(.tokenUnknown)
        }
        return reception.store.scope(tenant)
    }

    /// Checks that the request was signed with the key that wants to be paired, and that its body is whole.
    private func believe(
        _ request: AgentRequest, key: Ed25519.PublicKey, scope: TenantScope, now: Moment,
    ) async throws {
        do throws(SignatureProblem) {
            let verifier = try RequestVerifier(request.message, components: SignedComponents.message)
            guard verifier.keyID == RequestSigner.keyID(of: key) else { throw .wrong }
            try verifier.verify(key: key, now: now.timestamp)
        } catch {
            guard error == .outsideWindow else { throw Refusal(error) }
            let standing = try await scope.read {
                try $0.standing(agent: "", name: "", lineages: [], now: now)
            }
            throw Refusal(error, standing: standing)
        }
        guard let digest = request.message.field("content-digest").flatMap(ContentDigest.digest) else {
            throw Refusal(.malformed, "Content-Digest has no sha-256.")
        }
        guard SHA256.hash(request.body) == digest else { throw Refusal(.digestMismatch, "The body.") }
    }

    private func transcript(_ hello: PairingHello) -> PairingTranscript {
        PairingTranscript(
            invitation: hello.invitation, agentKey: hello.agentKey, relayKey: keys.signing.publicKey,
            host: hello.host, agent: Self.agentID(hello.invitation, hello.agentKey),
            agentVersion: hello.agentVersion, relayVersion: version)
    }

    /// The id that a key gets by an invitation: always the same, so that a hello leaves nothing behind.
    private static func agentID(_ invitation: [UInt8], _ key: Ed25519.PublicKey) -> String {
        let digest = SHA256.hash(parts: [Array("ml-connector agent 1\n".utf8), invitation, key.raw])
        return Hexadecimal.encode(digest.bytes.prefix(16))
    }

    private func settle(
        _ proof: PairingProof, _ statements: TenantStatements, now: Moment,
    ) throws -> Outcome {
        guard let invitation = try Invitation(statements, id: proof.invitation, keys: keys) else {
            throw Refusal(.tokenUnknown)
        }
        if let refusal = invitation.refusal(of: proof.agentKey, now: now) { throw refusal }
        guard let hello = invitation.hellos.first(where: { $0.agentKey == proof.agentKey }) else {
            throw Refusal(.malformed, "This key has not said hello.")
        }
        let transcript = transcript(hello)
        guard transcript.isProof(proof.proof, of: .agent, secret: invitation.secret) else {
            return .refused(try countWrongProof(invitation, statements, now: now))
        }
        let receipt: SignedBytes
        if let stored = invitation.receipt {
            receipt = try SignedBytes(bytes: stored)
        } else {
            receipt = try pair(invitation, transcript, statements, now: now)
        }
        let standing = try statements.standing(
            agent: transcript.agent, name: invitation.name, lineages: [], now: now)
        let authorities = isPinned ? [keys.authority.certificate.pem] : []
        return .paired(PairingAnswer(receipt: receipt, authorities: authorities, standing: standing))
    }

    private func countWrongProof(
        _ invitation: Invitation, _ statements: TenantStatements, now: Moment,
    ) throws -> ProblemDocument {
        // Who knows the answer's key but not the secret after the pairing cannot end anything any more.
        guard invitation.endedBy == nil else { return ProblemDocument(.proofWrong) }
        let count = invitation.wrongProofs + 1
        let isLast = count >= Int64(ProtocolLimits.wrongProofLimit)
        try statements.run(
            """
            UPDATE invitation SET wrong_proofs = ?3, ended_at = CASE ?4 WHEN 1 THEN ?5 END,
                ended_by = CASE ?4 WHEN 1 THEN 'wrong_proofs' END
            WHERE tenant = ?1 AND invitation = ?2
            """, [.text(invitation.id), .integer(count), SQLValue(isLast), now.sql])
        try statements.audit(
            AuditEntry(
                actor: "agent", action: "pairing.proof_wrong", subject: invitation.id,
                detail: ["count": String(count)]), now: now)
        let left = Int64(ProtocolLimits.wrongProofLimit) - count
        return ProblemDocument(
            .proofWrong,
            detail: isLast
                ? "The invitation has ended. Ask for a new one." : "\(left) more will end the invitation.")
    }

    /// Makes the agent, its key and its receipt, and uses the invitation up.
    private func pair(
        _ invitation: Invitation, _ transcript: PairingTranscript, _ statements: TenantStatements,
        now: Moment,
    ) throws -> SignedBytes {
        let keyID = RequestSigner.keyID(of: transcript.agentKey)
        let receipt = try SignedBytes(
            PairingReceipt(
                agent: transcript.agent, agentKey: transcript.agentKey, keyNumber: 1, time: now.timestamp
            ).bytes, as: .receipt, key: keys.signing)
        try statements.registerAgent(transcript.agent)
        try statements.run(
            """
            INSERT INTO agent (tenant, agent, name, created_at, host_name, version)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """,
            [
                .text(transcript.agent), .text(invitation.name), now.sql, .text(transcript.host),
                .text(transcript.agentVersion),
            ])
        try statements.run(
            """
            INSERT INTO agent_key (tenant, agent, key_id, number, public_key, state, receipt, since_at)
            VALUES (?1, ?2, ?3, 1, ?4, 'current', ?5, ?6)
            """,
            [
                .text(transcript.agent), .text(keyID), .blob(transcript.agentKey.raw), .blob(receipt.bytes),
                now.sql,
            ])
        try statements.run(
            """
            UPDATE invitation SET ended_at = ?3, ended_by = 'used', agent = ?4, agent_key = ?5, answer = ?6
            WHERE tenant = ?1 AND invitation = ?2
            """,
            [
                .text(invitation.id), now.sql, .text(transcript.agent), .blob(transcript.agentKey.raw),
                .blob(receipt.bytes),
            ])
        try statements.audit(
            AuditEntry(
                actor: transcript.agent, action: "agent.paired", subject: transcript.agent,
                detail: ["invitation": invitation.id, "key": keyID, "name": invitation.name]), now: now)
        return receipt
    }
}
