import ConnectorProtocol
import Cryptography
import HTTPTransport
import RelayCore
import Testing
import Values

/// An agent of our own making: pairs, signs, sends batches and syncs, and can be told to do each of it wrong.
struct TestAgent: Sendable {
    let relay: TestRelay
    let key: Ed25519.PrivateKey
    var id = ""
    /// What it adds to the relay's time when it signs.
    var clockError: Int64 = 0

    static let messageType = "application/x-protobuf"
    static let source = "/sap/PRD/100"

    init(_ relay: TestRelay) throws { self.init(relay, key: try Ed25519.PrivateKey()) }

    init(_ relay: TestRelay, key: Ed25519.PrivateKey) {
        self.relay = relay
        self.key = key
    }

    /// An agent that was paired under `name`.
    static func paired(_ relay: TestRelay, name: String = "erp") async throws -> TestAgent {
        var agent = try TestAgent(relay)
        let token = try await relay.pairing.invite(in: relay.scope, name: name, by: "anna")
        let answer = try await agent.pair(token)
        let receipt = try PairingReceipt(bytes: PairingAnswer(bytes: answer.body).receipt.payload)
        agent.id = receipt.agent
        return agent
    }

    func pair(_ token: PairingToken, wrongProof: Bool = false) async throws -> TransportResponse {
        let hello = PairingHello(
            invitation: token.invitation, agentKey: key.publicKey, host: "sap-host", agentVersion: "1")
        let heard = try await relay.post(
            "/v1/pairing/hello", fields: [("Content-Type", Self.messageType)], body: hello.bytes)
        guard heard.status == 200 else { return heard }
        let challenge = try PairingChallenge(bytes: heard.body)
        let transcript = PairingTranscript(
            invitation: token.invitation, agentKey: key.publicKey, relayKey: token.relayKey, host: "sap-host",
            agent: challenge.agent, agentVersion: "1", relayVersion: challenge.relayVersion)
        #expect(transcript.isProof(challenge.proof, of: .relay, secret: token.secret))
        let secret = wrongProof ? Secret("a guess of sixteen bytes") : token.secret
        let proof = PairingProof(
            invitation: token.invitation, agentKey: key.publicKey,
            proof: transcript.proof(of: .agent, secret: secret))
        return try await send("/v1/pairing/proof", body: proof.bytes)
    }

    /// Signs and sends a message.
    func send(_ path: String, body: [UInt8]) async throws -> TransportResponse {
        let fields = [("Content-Type", Self.messageType), ("Content-Digest", ContentDigest.field(of: body))]
        return try await relay.post(
            path, fields: try signed(path, fields, SignedComponents.message), body: body)
    }

    func signed(
        _ path: String, _ fields: [(name: String, value: String)], _ components: [String],
    ) throws -> [(name: String, value: String)] {
        let created = try #require(
            Timestamp(seconds: relay.clock.now.timestamp.seconds + clockError, nanoseconds: 0))
        return fields
            + (try RequestSigner(key: key).sign(
                SignedRequest(method: "POST", path: path, fields: fields), components: components,
                created: created))
    }

    /// Seals a batch of `events` events.
    func seal(
        _ lineage: Lineage, _ sequence: UInt64, after previous: SealedBatch? = nil, parent: Digest32? = nil,
        lane: Lane = .live, events: Int = 1, claims: [CoverageClaim] = [], pending: KeyMoves = KeyMoves(),
        watch: KeyMoves = KeyMoves(), agent: String? = nil,
    ) throws -> SealedBatch {
        let schema = try EventSchema(
            type: "sap.purchase_order.created", fields: [FieldSchema("number", 1, .key, maxLength: 10)])
        let stamp = try #require(LocalDateTime(sap: "20261125093000"))
        let now = relay.clock.now.timestamp
        let list = (0..<events).map { index in
            Event(
                source: Self.source, type: schema.type, subject: "\(index)",
                businessKey: BusinessKey.text(object: "purchase_order", key: ["\(sequence)", "\(index)"]),
                transition: "created", version: .named("1"), origin: .live,
                time: EventTime(stamp: stamp, precision: .day, offsetSeconds: 3_600), detectedAt: now,
                schema: schema.digest, data: [10, 1, 65], feed: "purchase_order"
            ).bytes
        }
        return try BatchSealer(random: .system).seal(
            BatchDraft(
                agent: agent ?? id, lineage: lineage, lane: lane, sequence: sequence,
                previous: previous?.digest, parent: parent, schemas: [schema], events: list, claims: claims,
                pending: pending, watch: watch, sealedAt: now))
    }

    /// What of a request is replaced after its digests were made, or before it is signed.
    struct Wrong: Sendable {
        var body: [UInt8]?
        var path: String?
        var drop: String?
        var replace: [String: String] = [:]
        var components = SignedComponents.batch
    }

    /// Sends a batch; fields of `extra` are signed along.
    ///
    /// - Parameter repacked: goes in place of its body, with a digest that fits.
    func push(
        _ batch: SealedBatch, repacked: [UInt8]? = nil, lineages: [Lineage] = [],
        acknowledgement: [UInt8]? = nil,
        wrong: Wrong = Wrong(),
    ) async throws -> TransportResponse {
        let path = "/v1/agents/\(id)/batches"
        let body = repacked ?? batch.body
        var fields = [
            ("Content-Type", Self.messageType), ("Content-Encoding", "gzip"),
            ("Content-Digest", ContentDigest.field(of: body)),
            ("Manifest-Digest", ContentDigest.field(batch.digest)),
        ]
        if !lineages.isEmpty {
            fields.append(
                ("Lineages", lineages.map { ":" + Base64.encode($0.bytes) + ":" }.joined(separator: ", ")))
        }
        if let acknowledgement {
            fields.append(("Acknowledgement", ":" + Base64.encode(acknowledgement) + ":"))
        }
        var all = try signed(path, fields, wrong.components)
        all.removeAll { $0.name == wrong.drop }
        all = all.map { ($0.name, wrong.replace[$0.name] ?? $0.value) }
        return try await relay.post(wrong.path ?? path, fields: all, body: wrong.body ?? body)
    }

    func accepted(_ batch: SealedBatch, lineages: [Lineage] = []) async throws -> BatchAnswer {
        let answer = try await push(batch, lineages: lineages)
        try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
        return try BatchAnswer(bytes: answer.body)
    }

    static func problem(_ response: TransportResponse) throws -> ProblemDocument {
        try #require(response.header("content-type") == ProblemDocument.mediaType)
        let problem = try #require(ProblemDocument(json: response.body))
        try #require(problem.type.status == response.status)
        return problem
    }

    static func claim(
        _ from: String, _ readTo: String, tier: Int = 1, pending: [KeyEntry] = [], baseline: Bool = false,
    ) throws -> CoverageClaim {
        CoverageClaim(
            source: source, stream: "purchase_order", tier: tier,
            from: try #require(LocalDateTime(sap: "20261125" + from)),
            readTo: try #require(LocalDateTime(sap: "20261125" + readTo)), pending: pending,
            isBaseline: baseline)
    }

    func entry(_ key: String) throws -> KeyEntry {
        KeyEntry(
            source: Self.source, stream: "purchase_order", key: key,
            stamp: try #require(LocalDateTime(sap: "20261125090000")), reason: "not_authorized",
            since: relay.clock.now.timestamp, hints: ["company_code": "1000"])
    }
}

extension Lineage {
    static func drawn() -> Lineage { Lineage(random: .system) }
}
