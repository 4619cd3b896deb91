import ConnectorProtocol
import Cryptography
import HTTPTransport
import RelayCore
import Testing
import Values

@Suite("Pairing over TLS")
struct PairingOverTLSTests {
    @Test("Both sides prove the secret; the same token from the same key gets the same receipt again")
    func paired() async throws {
        try await TestRelay.run { relay in
            let token = try await relay.pairing.invite(in: relay.scope, name: "erp", by: "anna")
            let read = try PairingToken(parsing: token.exposedText)
            #expect(read.authority == token.authority && read.relayKey == relay.keys.signing.publicKey)
            let der = try #require(token.authority)
            #expect(try Certificate(der: der).pem == relay.keys.authority.certificate.pem)
            let agent = try TestAgent(relay)
            let first = try PairingAnswer(bytes: await agent.pair(read).body)
            #expect(first.receipt.isValid(as: .receipt, key: relay.keys.signing.publicKey))
            #expect(first.authorities == [relay.keys.authority.certificate.pem])
            relay.clock.advance(.seconds(7_200))
            let again = try PairingAnswer(bytes: await agent.pair(read).body)
            #expect(again.receipt == first.receipt)
            let listed = try await relay.pairing.agents(in: relay.scope)
            #expect(listed.map(\.name) == ["erp"] && listed.map(\.host) == ["sap-host"])
            #expect(try await relay.pairing.invitations(in: relay.scope).isEmpty)
            #expect(
                try await relay.count(
                    "SELECT count(*) FROM audit_entry WHERE tenant = ?1 AND action = 'agent.paired'") == 1)
        }
    }

    @Test("A used, expired, revoked or unknown token, and one of another name, are each told apart")
    func refused() async throws {
        try await TestRelay.run { relay in
            func outcome(_ token: PairingToken, _ agent: TestAgent? = nil) async throws -> ProblemType {
                try TestAgent.problem(await (agent ?? TestAgent(relay)).pair(token)).type
            }
            let used = try await relay.pairing.invite(in: relay.scope, name: "erp", by: "anna")
            #expect(try await TestAgent(relay).pair(used).status == 200)
            #expect(try await outcome(used) == .tokenUsed)
            let expired = try await relay.pairing.invite(in: relay.scope, name: "erp", by: "anna")
            relay.clock.advance(.seconds(3_600))
            #expect(try await outcome(expired) == .tokenExpired)
            let revoked = try await relay.pairing.invite(in: relay.scope, name: "erp", by: "anna")
            let open = try #require(try await relay.pairing.invitations(in: relay.scope).first)
            try await relay.pairing.revoke(invitation: open.invitation, in: relay.scope, by: "anna")
            #expect(try await outcome(revoked) == .tokenRevoked)
            var unknown = revoked
            unknown.invitation = SecureRandom.system.bytes(16)
            #expect(try await outcome(unknown) == .tokenUnknown)
            await #expect(throws: PairingError.self) {
                try await relay.pairing.invite(in: relay.scope, name: "a b", by: "anna")
            }
            #expect(try await relay.count("SELECT count(*) FROM agent WHERE tenant = ?1") == 1)
            #expect(relay.counts["pairing.refused.token-used"] == 1)
        }
    }

    @Test("Five wrong proofs end a token, for the one who knows the secret too")
    func wrongProofs() async throws {
        try await TestRelay.run { relay in
            let token = try await relay.pairing.invite(in: relay.scope, name: "erp", by: "anna")
            for attempt in 1...5 {
                let problem = try TestAgent.problem(
                    await TestAgent(relay).pair(token, wrongProof: true))
                #expect(problem.type == .proofWrong, "attempt \(attempt)")
            }
            let ended = try TestAgent.problem(await TestAgent(relay).pair(token))
            #expect(ended.type == .tokenRevoked)
            #expect(try await relay.count("SELECT count(*) FROM agent WHERE tenant = ?1") == 0)
        }
    }

    @Test("A token does not pair again the agent that was revoked since")
    func revokedSince() async throws {
        try await TestRelay.run { relay in
            let token = try await relay.pairing.invite(in: relay.scope, name: "erp", by: "anna")
            let agent = try TestAgent(relay)
            let answer = try await agent.pair(token)
            let receipt = try PairingReceipt(bytes: PairingAnswer(bytes: answer.body).receipt.payload)
            #expect(try await agent.pair(token).status == 200)
            try await relay.pairing.revoke(agent: receipt.agent, in: relay.scope, by: "anna")
            #expect(try TestAgent.problem(await agent.pair(token)).type == .tokenRevoked)
        }
    }

    @Test("Who knows only the invitation cannot drive out the one who knows its secret")
    func intruder() async throws {
        try await TestRelay.run { relay in
            let token = try await relay.pairing.invite(in: relay.scope, name: "erp", by: "anna")
            for _ in 0..<4 { _ = try await TestAgent(relay).pair(token, wrongProof: true) }
            #expect(try await TestAgent(relay).pair(token).status == 200)
        }
    }

    @Test("A proof signed by another key, or by a host whose clock is wrong, pairs nobody")
    func signature() async throws {
        try await TestRelay.run { relay in
            let token = try await relay.pairing.invite(in: relay.scope, name: "erp", by: "anna")
            let agent = try TestAgent(relay)
            let proof = PairingProof(
                invitation: token.invitation, agentKey: agent.key.publicKey,
                proof: [UInt8](repeating: 0, count: 32))
            let other = try TestAgent(relay)
            let foreign = try TestAgent.problem(await other.send("/v1/pairing/proof", body: proof.bytes))
            #expect(foreign.type == .signatureInvalid)
            var slow = agent
            slow.clockError = -3 * 365 * 86_400
            let late = try TestAgent.problem(await slow.send("/v1/pairing/proof", body: proof.bytes))
            #expect(late.type == .clock && late.standing?.time == relay.clock.now.timestamp)
            for body in [[], Array("{}".utf8), [UInt8](repeating: 255, count: 100)] {
                let response = try await relay.post("/v1/pairing/hello", fields: [], body: body + [0])
                #expect(try TestAgent.problem(response).type == .malformed)
            }
            let huge = try await relay.post(
                "/v1/pairing/hello", fields: [], body: [UInt8](repeating: 1, count: 20 << 10))
            #expect(try TestAgent.problem(huge).type == .tooLarge)
            #expect(try await relay.count("SELECT wrong_proofs FROM invitation WHERE tenant = ?1") == 0)
        }
    }
}
