internal import ConnectorProtocol
package import Cryptography
internal import SQLStore
internal import ServiceLifecycle
internal import Synchronization

/// Answers the agents' heartbeat: takes their status, hands out lease, coverage, lists, requests and commands.
package struct SyncReceiver: Sendable {
    private let reception: Reception
    private let gate: AgentGate
    private let signing: Ed25519.PrivateKey
    private let random: SecureRandom
    private let pause: @Sendable (Duration) async throws -> Void
    private let told = ToldNews()

    /// How often a waiting request looks for news.
    package static let look = Duration.seconds(1)

    /// - Parameters:
    ///   - signing: signs commands.
    ///   - random: draws lease tokens.
    ///   - pause: waits; what it throws ends the wait at once (shutdown), and the request is answered.
    package init(
        reception: Reception, signing: Ed25519.PrivateKey, random: SecureRandom = .system,
        pause: @escaping @Sendable (Duration) async throws -> Void,
    ) {
        self.reception = reception
        gate = AgentGate(reception: reception)
        self.signing = signing
        self.random = random
        self.pause = pause
    }

    /// Answers one sync, after up to `wait_seconds` where there is no news.
    package func receive(_ request: AgentRequest) async -> AgentReply {
        await reception.answer("sync", agent: request.agent) { try await self.reply(to: request) }
    }

    private func reply(to request: AgentRequest) async throws -> AgentReply {
        let agent = try await gate.admit(request, components: SignedComponents.message)
        let sync: SyncRequest
        do {
            guard request.message.field("content-type") == AgentReply.messageType else {
                throw ProtocolError.malformed("content type")
            }
            sync = try SyncRequest(bytes: request.body)
        } catch {
            throw Refusal(
                error as? ProtocolError ?? .malformed("sync request"),
                standing: try await gate.standing(of: agent))
        }
        let (now, token, body) = (reception.clock.now, random.bytes(32), request.body)
        let begun = try await agent.scope.write { statements in
            try SyncTransaction(statements: statements, agent: agent, request: sync, now: now)
                .begin(newToken: token, body: body)
        }
        let hasWaited = try await wait(for: sync, begun, of: agent)
        return try await conclude(sync, begun, of: agent, hasWaited: hasWaited)
    }

    /// Waits while there is nothing to tell: no news for the holder, no free lease for the others.
    /// - Returns: whether time has passed, so that the lease must be looked at again.
    private func wait(
        for sync: SyncRequest, _ begun: SyncTransaction.Begun, of agent: PairedAgent,
    ) async throws -> Bool {
        guard sync.waitSeconds > 0, !begun.hasLists, begun.isBelieved else { return false }
        var waited = Duration.zero
        while waited < .seconds(Int64(sync.waitSeconds)) {
            let now = reception.clock.now
            let news = try await agent.scope.read { statements in
                try SyncTransaction(statements: statements, agent: agent, request: sync, now: now)
                    .news(isHolder: begun.lease.isGranted)
            }
            if news.isLeaseFree || !told.isTold(news.digest, to: agent) { break }
            do {
                try await cancelWhenGracefulShutdown { try await pause(Self.look) }
            } catch { break }
            waited += Self.look
        }
        return waited > .zero
    }

    private func conclude(
        _ sync: SyncRequest, _ begun: SyncTransaction.Begun, of agent: PairedAgent, hasWaited: Bool,
    ) async throws -> AgentReply {
        let (now, signing) = (reception.clock.now, signing)
        let (answer, digest) = try await agent.scope.write { statements in
            let transaction = SyncTransaction(
                statements: statements, agent: agent, request: sync, now: now)
            let lease = hasWaited ? try transaction.leaseAgain(after: begun) : begun.lease
            let answer = try transaction.answer(token: begun.token, lease: lease, signing: signing)
            return (answer, try transaction.news(isHolder: lease.isGranted).digest)
        }
        told.remember(digest, for: agent)
        return .message(answer.bytes)
    }
}

/// Remembers which requests and commands each agent was told last, so that a long poll waits for others.
///
/// Lost with the process, which costs one answer that came at once.
private final class ToldNews: Sendable {
    private let digests = Mutex<[String: Digest32]>([:])

    func isTold(_ digest: Digest32, to agent: PairedAgent) -> Bool {
        digests.withLock { $0[agent.agent] == digest }
    }

    func remember(_ digest: Digest32, for agent: PairedAgent) {
        digests.withLock { $0[agent.agent] = digest }
    }
}
