import AgentCore
import ConnectorProtocol
import Cryptography
import HTTPTransport
import Programs
import Synchronization
import Testing
import Values

/// The relay's side of a pairing, as Protocol/README.md has it.
private final class PairingModel: Transport {
    struct State: Sendable {
        var now: Int64 = 1_795_600_000_000
        var usedBy: Ed25519.PublicKey?
        var refusal: ProblemType?
        var answers: [[UInt8]] = []
        var requests = 0
        var dropAnswers = 0
        var isImpostor = false
        var trusts: Set<TransportTrust> = []
    }
    let state = Mutex(State())
    let key: Ed25519.PrivateKey
    let secret = Secret(bytes: Array(repeating: 8, count: 16))
    let invitation = [UInt8](repeating: 6, count: 16)

    init() throws { key = try Ed25519.PrivateKey(raw: Array(repeating: 3, count: 32)) }

    func token(address: String = "https://relay.example.com:8443") throws -> String {
        let authority = try CertificateAuthority(commonName: "relay", now: 1_795_600_000, days: 10)
        return PairingToken(
            address: address, invitation: invitation, secret: secret,
            authority: Self.der(authority.certificate.pem), relayKey: key.publicKey, expires: .last
        ).exposedText
    }

    private static func der(_ pem: String) -> [UInt8]? {
        Base64.decode(pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined())
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let drops = state.withLock { state in
            state.requests += 1
            state.trusts.insert(request.trust)
            guard state.dropAnswers > 0 else { return false }
            state.dropAnswers -= 1
            return true
        }
        let response = answer(request)
        if drops { throw TransportError(kind: .timeout, departure: .ambiguous) }
        return response
    }

    private func answer(_ request: TransportRequest) -> TransportResponse {
        state.withLock { state in
            do {
                if let refusal = state.refusal {
                    return TransportResponse(
                        status: refusal.status, body: ProblemDocument(refusal, detail: "No.").json)
                }
                let body = request.body ?? []
                return TransportResponse(
                    status: 200,
                    body: request.url.hasSuffix("/hello")
                        ? try hello(PairingHello(bytes: body), state)
                        : try proof(PairingProof(bytes: body), request, &state))
            } catch let problem as ProblemType {
                return TransportResponse(status: problem.status, body: ProblemDocument(problem).json)
            } catch {
                return TransportResponse(status: 400, body: ProblemDocument(.malformed).json)
            }
        }
    }

    private func transcript(_ agentKey: Ed25519.PublicKey) -> PairingTranscript {
        PairingTranscript(
            invitation: invitation, agentKey: agentKey, relayKey: key.publicKey, host: "sapgw01",
            agent: "agent-1", agentVersion: "1.0", relayVersion: "1.1")
    }

    private func hello(_ hello: PairingHello, _ state: State) throws -> [UInt8] {
        if let used = state.usedBy, used != hello.agentKey { throw ProblemType.tokenUsed }
        let secret = state.isImpostor ? Secret(bytes: Array(repeating: 0, count: 16)) : secret
        return PairingChallenge(
            agent: "agent-1", relayKey: key.publicKey, relayVersion: "1.1",
            proof: transcript(hello.agentKey).proof(of: .relay, secret: secret),
            time: Timestamp(milliseconds: state.now)
        ).bytes
    }

    private func proof(
        _ proof: PairingProof, _ request: TransportRequest, _ state: inout State,
    ) throws -> [UInt8] {
        let message = SignedRequest(method: "POST", path: "/v1/pairing/proof", fields: request.headers)
        let verifier = try RequestVerifier(message, components: SignedComponents.message)
        try verifier.verify(key: proof.agentKey, now: Timestamp(milliseconds: state.now))
        guard transcript(proof.agentKey).isProof(proof.proof, of: .agent, secret: secret) else {
            throw ProblemType.proofWrong
        }
        state.usedBy = proof.agentKey
        let time = Timestamp(milliseconds: state.now)
        let receipt = PairingReceipt(agent: "agent-1", agentKey: proof.agentKey, keyNumber: 1, time: time)
        let answer = PairingAnswer(
            receipt: try SignedBytes(receipt.bytes, as: .receipt, key: key), authorities: [],
            standing: Standing(incarnation: Array(repeating: 1, count: 16), time: time)
        ).bytes
        state.answers.append(answer)
        return answer
    }
}

extension ProblemType: Error {}

@Suite("Pairing, the agent's side")
struct PairingClientTests {
    private final class KeyStore: Sendable {
        let raw = Mutex<[UInt8]?>(nil)

        var key: Ed25519.PrivateKey? { raw.withLock { $0 }.flatMap { try? Ed25519.PrivateKey(raw: $0) } }
    }

    private static func client(
        _ relay: PairingModel, hostTime: Int64 = 1_795_600_000_000, kill: KillSwitch = .none,
    ) -> PairingClient {
        PairingClient(
            transport: relay, time: RelayTime(host: HostClock { hostTime }), host: "sapgw01", version: "1.0",
            kill: kill)
    }

    private static func pair(_ client: PairingClient, _ token: String, _ store: KeyStore) async throws
        -> PairedRelay
    {
        try await client.pair(token: token, key: store.key) { key in store.raw.withLock { $0 = key.raw } }
    }

    @Test("Both sides prove the secret, the relay's CA is pinned, and the vault's form comes back whole")
    func pairs() async throws {
        let relay = try PairingModel()
        let store = KeyStore()
        let paired = try await Self.pair(Self.client(relay), try relay.token(), store)
        #expect(paired.agent == "agent-1")
        #expect(paired.authorities.count == 1)
        #expect(relay.state.withLock { $0.usedBy } == store.key?.publicKey)
        #expect(PairedRelay(paired.secret) == paired)
        let trust = try #require(relay.state.withLock { $0.trusts.first })
        #expect(trust == paired.trust)
        guard case .authorities(_, let checkDates) = trust else {
            Issue.record("not pinned")
            return
        }
        #expect(!checkDates)
    }

    @Test("A host whose clock is three years wrong pairs: the challenge brings the time")
    func wrongClock() async throws {
        let relay = try PairingModel()
        let paired = try await Self.pair(
            Self.client(relay, hostTime: 1_700_000_000_000), try relay.token(), KeyStore())
        #expect(paired.agent == "agent-1")
    }

    @Test(
        "Killed anywhere, the same token goes on with the key that is durable",
        arguments: [
            KillPoint.storedPairingKey, .heardChallenge, .heardPairingAnswer,
        ])
    func killed(at point: KillPoint) async throws {
        struct Killed: Error {}
        let relay = try PairingModel()
        let store = KeyStore()
        let token = try relay.token()
        let doomed = Self.client(relay, kill: KillSwitch { if $0 == point { throw Killed() } })
        await #expect(throws: Killed.self) { _ = try await Self.pair(doomed, token, store) }
        let key = try #require(store.key)
        _ = try await Self.pair(Self.client(relay), token, store)
        #expect(store.key?.publicKey == key.publicKey)
        #expect(relay.state.withLock { $0.usedBy } == key.publicKey)
    }

    @Test("An answer that was lost leaves the token good for the same key")
    func lostAnswer() async throws {
        let relay = try PairingModel()
        let store = KeyStore()
        let token = try relay.token()
        relay.state.withLock { $0.dropAnswers = 1 }
        do {
            _ = try await Self.pair(Self.client(relay), token, store)
            Issue.record("it was lost")
        } catch let failure as PairingFailure {
            #expect(failure.kind == .transient)
        }
        _ = try await Self.pair(Self.client(relay), token, store)
        #expect(relay.state.withLock { $0.answers.count } == 1)
    }

    @Test("A relay that does not know the secret gets no proof")
    func impostor() async throws {
        let relay = try PairingModel()
        relay.state.withLock { $0.isImpostor = true }
        await #expect(throws: PairingFailure.notTheRelay("it does not know the token's secret")) {
            _ = try await Self.pair(Self.client(relay), try relay.token(), KeyStore())
        }
        #expect(relay.state.withLock { $0.requests } == 1)
    }

    @Test(
        "A wrong, used, expired or revoked token is a clear error with a remedy",
        arguments: [
            ProblemType.tokenUnknown, .tokenUsed, .tokenExpired, .tokenRevoked, .proofWrong,
        ])
    func refused(type: ProblemType) async throws {
        let relay = try PairingModel()
        relay.state.withLock { $0.refusal = type }
        do {
            _ = try await Self.pair(Self.client(relay), try relay.token(), KeyStore())
            Issue.record("it was refused")
        } catch let failure as PairingFailure {
            #expect(failure == .refused(type, detail: "No."))
            #expect(failure.remedy == "Ask for a new one: `ml-relay agents invite NAME`.")
            #expect(failure.kind == .configuration)
        }
    }

    @Test("What is no token, and an address that is not https, is said before anything is sent")
    func noToken() async throws {
        let relay = try PairingModel()
        let store = KeyStore()
        await #expect(throws: PairingFailure.notAToken) {
            _ = try await Self.pair(Self.client(relay), "mlpair1.AAAA", store)
        }
        await #expect(throws: PairingFailure.address) {
            _ = try await Self.pair(
                Self.client(relay), try relay.token(address: "http://relay.example.com"), store)
        }
        #expect(store.key == nil)
        #expect(relay.state.withLock { $0.requests } == 0)
    }
}
