package import ConnectorProtocol
package import Cryptography
package import HTTPTransport
internal import Values

/// The relay as a paired agent reaches it: signed requests out, believed answers back.
///
/// Each request is signed when it is sent. A refusal of the clock corrects `RelayTime` and the request goes once
/// more; a request of which nothing left goes once more too. Everything else is the caller's to repeat.
package struct RelayEndpoint: Sendable {
    /// The relay's clock, learned from every answer and refusal.
    package let time: RelayTime
    /// What was agreed at pairing.
    package let paired: PairedRelay
    private let signer: RequestSigner
    private let transport: any Transport
    private let proxy: TransportProxy
    /// A batch of 4 MiB on a line of half a megabit.
    private let batchTimeout: Duration = .seconds(90)
    /// What a sync may take beyond the wait that it asks for.
    private let syncTimeout: Duration = .seconds(15)

    /// - Parameter key: the agent's signing key, which the relay knows since pairing.
    package init(
        _ paired: PairedRelay, key: Ed25519.PrivateKey, transport: any Transport, time: RelayTime,
        proxy: TransportProxy = .none,
    ) {
        self.paired = paired
        signer = RequestSigner(key: key)
        self.transport = transport
        self.time = time
        self.proxy = proxy
    }

    /// Sends a batch: the same bytes, whoever asks for it and however often.
    /// - Parameter lineages: whose heads the answer shall state.
    /// - Returns: an answer only when its acknowledgement is the relay's, and of this very batch.
    package func push(
        _ batch: OutgoingBatch, lineages: [Lineage],
    ) async -> RelayOutcome<BatchAnswer> {
        var fields = [
            ("Content-Type", Self.messageType), ("Content-Encoding", "gzip"),
            ("Content-Digest", ContentDigest.field(of: batch.body)),
            ("Manifest-Digest", ContentDigest.field(batch.digest)),
        ]
        if !lineages.isEmpty {
            fields.append(("Lineages", lineages.map { Self.byteSequence($0.bytes) }.joined(separator: ", ")))
        }
        if let acknowledgement = batch.acknowledgement {
            fields.append(("Acknowledgement", Self.byteSequence(acknowledgement)))
        }
        let outcome = await send(
            "batches", fields: fields, components: SignedComponents.batch, body: batch.body,
            timeout: batchTimeout
        ) { bytes throws(ProtocolError) in
            let answer = try BatchAnswer(bytes: bytes)
            return (answer, answer.standing)
        }
        guard case .answered(let answer) = outcome, let doubt = doubt(answer, of: batch) else {
            return outcome
        }
        return .silent(.notBelieved(doubt))
    }

    /// Asks for news; waits as long as the request says, and a little more for the way.
    package func sync(_ request: SyncRequest) async -> RelayOutcome<SyncAnswer> {
        let body = request.bytes
        let outcome = await send(
            "sync", fields: Self.messageFields(body), components: SignedComponents.message, body: body,
            timeout: .seconds(Int64(request.waitSeconds)) + syncTimeout
        ) { bytes throws(ProtocolError) in
            let answer = try SyncAnswer(bytes: bytes)
            return (answer, answer.standing)
        }
        guard case .answered(let answer) = outcome, answer.requestID != request.requestID else {
            return outcome
        }
        return .silent(.notBelieved("it answers another request"))
    }

    /// Whether the relay is there and believes this agent's key: asked by a body that is no batch, which it refuses.
    ///
    /// Never by a sync: the relay would take a command of a person for a later process of the agent.
    /// - Returns: nil where it does; else its refusal, or why there is no word of it.
    package func objection() async -> RelayOutcome<Never>? {
        let body: [UInt8] = [0]
        let digest = ContentDigest.field(of: body)
        let fields = [
            ("Content-Type", Self.messageType), ("Content-Encoding", "gzip"), ("Content-Digest", digest),
            ("Manifest-Digest", digest),
        ]
        let outcome = await send(
            "batches", fields: fields, components: SignedComponents.batch, body: body, timeout: syncTimeout
        ) { _ throws(ProtocolError) -> (Never, Standing) in throw .malformed("answer to an empty batch") }
        guard case .refused(let problem, _) = outcome,
            [.malformed, .notOneGzipMember].contains(problem.type), problem.standing != nil
        else { return outcome }
        return nil
    }

    private func doubt(_ answer: BatchAnswer, of batch: OutgoingBatch) -> String? {
        guard answer.acknowledgement.isValid(as: .acknowledgement, key: paired.relayKey),
            let acknowledged = try? Acknowledgement(bytes: answer.acknowledgement.payload)
        else { return "its acknowledgement is not signed by the relay's key" }
        let isSame =
            acknowledged.agent == paired.agent && acknowledged.lineage == batch.lineage
            && acknowledged.lane == batch.lane && acknowledged.sequence == batch.sequence
            && acknowledged.manifest == batch.digest
        return isSame ? nil : "it acknowledges another batch"
    }

    private func send<Answer: Sendable>(
        _ name: String, fields: [(name: String, value: String)], components: [String], body: [UInt8],
        timeout: Duration, read: ([UInt8]) throws(ProtocolError) -> (Answer, Standing),
    ) async -> RelayOutcome<Answer> {
        var repeated = false
        while true {
            let sentAt = time.hostNow
            let outcome = await sendOnce(
                "/v1/agents/\(paired.agent)/\(name)", fields: fields, components: components, body: body,
                timeout: timeout)
            switch outcome {
            case .silent(.transport(let error))
            where error.departure == .notLeft && error.kind == .reset && !repeated:
                repeated = true
            case .silent(let silence): return .silent(silence)
            case .refused(let problem, let retryAfter):
                if let standing = problem.standing { time.learn(standing.time, sentAt: sentAt) }
                guard problem.type == .clock, problem.standing != nil, !repeated else {
                    return .refused(problem, retryAfter: retryAfter)
                }
                repeated = true
            case .answered(let bytes):
                do throws(ProtocolError) {
                    let (answer, standing) = try read(bytes)
                    time.learn(standing.time, sentAt: sentAt)
                    return .answered(answer)
                } catch {
                    return .silent(.unreadable(error))
                }
            }
        }
    }

    private func sendOnce(
        _ path: String, fields: [(name: String, value: String)], components: [String], body: [UInt8],
        timeout: Duration,
    ) async -> RelayOutcome<[UInt8]> {
        guard
            let request = Self.signed(
                path, at: paired.address, fields: fields, components: components, body: body, signer: signer,
                time: time)
        else { return .silent(.notBelieved("the request cannot be signed")) }
        return await Self.send(request, timeout: timeout, trust: paired.trust, proxy: proxy, over: transport)
    }
}

/// What pairing needs of it too, before there is anything to be paired with.
extension RelayEndpoint {
    static let messageType = "application/x-protobuf"

    static func messageFields(_ body: [UInt8]) -> [(name: String, value: String)] {
        [("Content-Type", messageType), ("Content-Digest", ContentDigest.field(of: body))]
    }

    private static func byteSequence(_ bytes: [UInt8]) -> String { ":" + Base64.encode(bytes) + ":" }

    /// A request signed with the relay's time as it is known now; nil when it lacks a component.
    static func signed(
        _ path: String, at address: RelayAddress, fields: [(name: String, value: String)],
        components: [String], body: [UInt8], signer: RequestSigner, time: RelayTime,
    ) -> TransportRequest? {
        let message = SignedRequest(method: "POST", path: address.path + path, fields: fields)
        guard let signature = try? signer.sign(message, components: components, created: time.now) else {
            return nil
        }
        return TransportRequest("POST", address.text + path, headers: fields + signature, body: body)
    }

    /// Sends once and tells the relay's word from anything else.
    static func send(
        _ request: TransportRequest, timeout: Duration, trust: TransportTrust, proxy: TransportProxy,
        over transport: any Transport,
    ) async -> RelayOutcome<[UInt8]> {
        var request = request
        request.timeout = timeout
        request.trust = trust
        request.proxy = proxy
        request.responseBodyLimit = ProtocolLimits.syncAnswerBytesLimit
        let response: TransportResponse
        do { response = try await transport.send(request) } catch { return .silent(.transport(error)) }
        if response.status == 200 { return .answered(response.body) }
        let retryAfter = retryAfter(response)
        guard let problem = ProblemDocument(json: response.body) else {
            return .silent(.foreignAnswer(status: response.status, retryAfter: retryAfter))
        }
        return .refused(problem, retryAfter: retryAfter)
    }

    /// In seconds, or as a date by the server's own clock (RFC 9110 section 10.2.3).
    private static func retryAfter(_ response: TransportResponse) -> Duration? {
        guard let text = response.header("retry-after") else { return nil }
        if let seconds = Int64(text) { return .seconds(seconds) }
        guard let until = HTTPDate.seconds(of: text),
            let now = response.header("date").flatMap(HTTPDate.seconds(of:))
        else { return nil }
        return .seconds(until - now)
    }
}
