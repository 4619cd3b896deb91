internal import ConnectorProtocol
package import Cryptography
package import HTTPTransport
internal import Values

/// Pairs this agent with a relay by a one-time token; both sides prove the token's secret (DESIGN.md 5).
///
/// It may die anywhere and be run again: the key is durable before it is shown, and the same token from the same
/// key gets the same answer.
package struct PairingClient: Sendable {
    private let transport: any Transport
    private let proxy: TransportProxy
    private let time: RelayTime
    private let host: String
    private let version: String
    private let random: SecureRandom
    private let kill: KillSwitch
    private let timeout: Duration = .seconds(30)

    /// - Parameters:
    ///   - time: learns the relay's clock from the challenge, so that a wrong host clock does no harm.
    ///   - host: this host's name, shown to the relay's operator.
    ///   - version: of this program.
    package init(
        transport: any Transport, time: RelayTime, host: String, version: String,
        proxy: TransportProxy = .none, random: SecureRandom = .system, kill: KillSwitch = .none,
    ) {
        self.transport = transport
        self.time = time
        self.host = host
        self.version = version
        self.proxy = proxy
        self.random = random
        self.kill = kill
    }

    /// Pairs.
    /// - Parameters:
    ///   - token: the text of `ml-relay agents invite`.
    ///   - key: the key that an earlier try with this token has left in the vault, nil for a new one.
    ///   - persist: makes a new key durable; called before the first request, and not for a given key.
    /// - Returns: what to keep in the vault beside the key.
    /// - Throws: `PairingFailure`, and whatever `persist` throws.
    package func pair(
        token text: String, key stored: Ed25519.PrivateKey?,
        persist: @Sendable (Ed25519.PrivateKey) async throws -> Void,
    ) async throws -> PairedRelay {
        guard let token = try? PairingToken(parsing: text) else { throw PairingFailure.notAToken }
        guard let address = RelayAddress(token.address) else { throw PairingFailure.address }
        let pinned = try Self.pinned(token)
        let key: Ed25519.PrivateKey
        if let stored {
            key = stored
        } else {
            key = try Ed25519.PrivateKey(random: random)
            try await persist(key)
        }
        try kill.reach(.storedPairingKey)
        let exchange = Exchange(token: token, address: address, authorities: pinned, key: key)
        let challenge = try await hello(exchange)
        try kill.reach(.heardChallenge)
        let answer = try await prove(exchange, challenge)
        try kill.reach(.heardPairingAnswer)
        return PairedRelay(
            address: address, agent: challenge.agent, relayKey: token.relayKey,
            authorities: answer.authorities.isEmpty ? pinned : answer.authorities, receipt: answer.receipt)
    }

    private struct Exchange {
        var token: PairingToken
        var address: RelayAddress
        var authorities: [String]
        var key: Ed25519.PrivateKey

        var trust: TransportTrust { PairedRelay.trust(in: authorities) }
    }

    private static func pinned(_ token: PairingToken) throws -> [String] {
        guard let der = token.authority else { return [] }
        guard let certificate = try? Certificate(der: der) else { throw PairingFailure.notAToken }
        return [certificate.pem]
    }

    /// The hello is not signed: nobody knows the key yet.
    ///
    /// The relay has to prove the secret before the agent does.
    private func hello(_ exchange: Exchange) async throws -> PairingChallenge {
        let hello = PairingHello(
            invitation: exchange.token.invitation, agentKey: exchange.key.publicKey, host: host,
            agentVersion: version)
        let sentAt = time.hostNow
        let body = hello.bytes
        let request = TransportRequest(
            "POST", exchange.address.text + "/v1/pairing/hello",
            headers: RelayEndpoint.messageFields(body), body: body)
        let bytes = try Self.bytes(
            await RelayEndpoint.send(
                request, timeout: timeout, trust: exchange.trust, proxy: proxy, over: transport))
        let challenge: PairingChallenge
        do { challenge = try PairingChallenge(bytes: bytes) } catch {
            throw PairingFailure.silent(.unreadable(error))
        }
        guard challenge.relayKey == exchange.token.relayKey else {
            throw PairingFailure.notTheRelay("its signing key is not the token's")
        }
        guard
            transcript(exchange, challenge).isProof(
                challenge.proof, of: .relay, secret: exchange.token.secret)
        else { throw PairingFailure.notTheRelay("it does not know the token's secret") }
        time.learn(challenge.time, sentAt: sentAt)
        return challenge
    }

    private func prove(_ exchange: Exchange, _ challenge: PairingChallenge) async throws -> PairingAnswer {
        let proof = PairingProof(
            invitation: exchange.token.invitation, agentKey: exchange.key.publicKey,
            proof: transcript(exchange, challenge).proof(of: .agent, secret: exchange.token.secret))
        let body = proof.bytes
        guard
            let request = RelayEndpoint.signed(
                "/v1/pairing/proof", at: exchange.address, fields: RelayEndpoint.messageFields(body),
                components: SignedComponents.message, body: body, signer: RequestSigner(key: exchange.key),
                time: time)
        else { throw PairingFailure.address }
        let bytes = try Self.bytes(
            await RelayEndpoint.send(
                request, timeout: timeout, trust: exchange.trust, proxy: proxy, over: transport))
        let answer: PairingAnswer
        do { answer = try PairingAnswer(bytes: bytes) } catch {
            throw PairingFailure.silent(.unreadable(error))
        }
        guard answer.receipt.isValid(as: .receipt, key: exchange.token.relayKey),
            let receipt = try? PairingReceipt(bytes: answer.receipt.payload),
            receipt.agent == challenge.agent, receipt.agentKey == exchange.key.publicKey
        else { throw PairingFailure.notTheRelay("its receipt is not for this agent") }
        return answer
    }

    private func transcript(_ exchange: Exchange, _ challenge: PairingChallenge) -> PairingTranscript {
        PairingTranscript(
            invitation: exchange.token.invitation, agentKey: exchange.key.publicKey,
            relayKey: challenge.relayKey, host: host, agent: challenge.agent, agentVersion: version,
            relayVersion: challenge.relayVersion)
    }

    private static func bytes(_ outcome: RelayOutcome<[UInt8]>) throws -> [UInt8] {
        switch outcome {
        case .answered(let bytes): return bytes
        case .refused(let problem, _): throw PairingFailure.refused(problem.type, detail: problem.detail)
        case .silent(let silence): throw PairingFailure.silent(silence)
        }
    }
}
