import AgentCore
import ConnectorProtocol
import Cryptography
import HTTPTransport
import Synchronization
import Values

/// A relay in memory that answers by the tables of facts/channel.md 2.1 and 2.4 over the real wire format.
///
/// It believes signatures, digests and clocks as a relay does, so an agent that passes here speaks the protocol.
/// A test restores it from a snapshot, drops requests or answers, and asks what it holds.
final class RelayModel: Transport {
    enum Fault: Sendable {
        case dropRequest, dropAnswer, notLeft
        /// The agent's time is over, and the request arrives later.
        case delay
        case refuse(ProblemType, retryAfter: Int?)
        case foreign(status: Int, headers: [(String, String)] = [])
        case badAcknowledgement
    }

    struct HeldBatch: Sendable {
        var manifest: Manifest
        var digest: Digest32
        var acknowledgement: SignedBytes
        var events: [Event]
    }

    struct ListKey: Hashable, Sendable {
        var stream: String
        var key: String
        var version: String
    }

    /// What a restore brings back.
    struct Stored: Sendable {
        var incarnation: [UInt8] = Array(repeating: 1, count: 16)
        /// In the order in which lineages appeared, for the heads of lanes.
        var places: [LaneOfLineage] = []
        var held: [LaneOfLineage: [HeldBatch]] = [:]
        var coverage: [String: [Int: LocalDateTime]] = [:]
        var pending: [ListKey: KeyEntry] = [:]
        var watch: [ListKey: KeyEntry] = [:]
        var epoch: UInt64 = 0
        var holder: String?
        var token: [UInt8] = []
        var lastRequest: [UInt8] = []
    }

    struct State: Sendable {
        var stored = Stored()
        var now: Int64 = 1_795_600_000_000
        var faults: [Fault] = []
        var isReachable = true
        /// Every event that was ever journaled by id, and how often it came; never restored.
        var everJournaled: [Digest32: Int] = [:]
        var readings: [String] = []
        var coverageGaps = 0
        var requests: [String] = []
        var shownAcknowledgements = 0
        var acknowledgedAgain = 0
        var clones = 0
        var tokens: UInt8 = 0
        var commands: [Command] = []
        var readRequests: [ReadRequest] = []
        var closedGates: [ClosedGate] = []
        /// What a long list of pending keys has left for the answers behind a fresh grant.
        var pagesToCome: [[KeyEntry]] = []
        /// A request that timed out and is still under way.
        var travelling: TransportRequest?
        var lastSync: SyncRequest?
    }

    let state = Mutex(State())
    let key: Ed25519.PrivateKey
    let agentKey: Ed25519.PrivateKey
    let agent = "agent-1"

    init() throws {
        key = try Ed25519.PrivateKey(raw: Array(repeating: 3, count: 32))
        agentKey = try Ed25519.PrivateKey(raw: Array(repeating: 4, count: 32))
    }

    /// What the agent got at pairing.
    func paired() throws -> PairedRelay {
        let receipt = PairingReceipt(agent: agent, agentKey: agentKey.publicKey, keyNumber: 1, time: now)
        guard let address = RelayAddress("https://relay.example.com:8443/edge/") else {
            throw ProtocolError.malformed("address")
        }
        return PairedRelay(
            address: address, agent: agent, relayKey: key.publicKey, authorities: ["PEM"],
            receipt: try SignedBytes(receipt.bytes, as: .receipt, key: key))
    }

    var now: Timestamp { Timestamp(milliseconds: state.withLock { $0.now }) }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let (fault, isReachable) = state.withLock { state in
            let name = request.url.split(separator: "/").last.map(String.init) ?? ""
            state.requests.append(name)
            return (state.faults.isEmpty ? nil : state.faults.removeFirst(), state.isReachable)
        }
        guard isReachable else { throw TransportError(kind: .connect, departure: .notLeft) }
        switch fault {
        case .dropRequest: throw TransportError(kind: .timeout, departure: .ambiguous)
        case .delay:
            state.withLock { $0.travelling = request }
            throw TransportError(kind: .timeout, departure: .ambiguous)
        case .notLeft: throw TransportError(kind: .reset, departure: .notLeft)
        case .foreign(let status, let headers):
            return TransportResponse(status: status, headers: headers, body: Array("<html>".utf8))
        case .refuse(let type, let retryAfter):
            // Who is not believed is not told where the relay stands.
            let isBelieved = ![.revokedKey, .unknownKey, .wrongAgent, .unavailable].contains(type)
            let document = ProblemDocument(
                type, standing: isBelieved ? state.withLock { standing($0.stored, [], $0.now) } : nil)
            return TransportResponse(
                status: type.status, headers: retryAfter.map { [("retry-after", "\($0)")] } ?? [],
                body: document.json)
        case .dropAnswer:
            _ = answer(request)
            throw TransportError(kind: .timeout, departure: .ambiguous)
        case .badAcknowledgement:
            let response = answer(request)
            guard var batch = try? BatchAnswer(bytes: response.body),
                let forged = try? SignedBytes(
                    batch.acknowledgement.payload, as: .acknowledgement, key: agentKey)
            else { return response }
            batch.acknowledgement = forged
            return TransportResponse(status: 200, body: batch.bytes)
        case nil: return answer(request)
        }
    }

    private func answer(_ request: TransportRequest) -> TransportResponse {
        let body = request.body ?? []
        let path = String(request.url.dropFirst("https://relay.example.com:8443".count))
        let message = SignedRequest(method: request.method, path: path, fields: request.headers)
        let isBatch = path.hasSuffix("/batches")
        return state.withLock { state in
            do {
                let verifier = try RequestVerifier(
                    message, components: isBatch ? SignedComponents.batch : SignedComponents.message)
                guard path.hasPrefix("/edge/v1/agents/\(agent)/") else { throw Refused(.wrongAgent) }
                try verifier.verify(key: agentKey.publicKey, now: Timestamp(milliseconds: state.now))
                guard message.field("content-digest").flatMap(ContentDigest.digest) == SHA256.hash(body)
                else {
                    throw Refused(.digestMismatch)
                }
                let bytes =
                    isBatch
                    ? try receive(body, message, &state).bytes
                    : try sync(try SyncRequest(bytes: body), &state).bytes
                return TransportResponse(status: 200, body: bytes)
            } catch let refused as Refused {
                let document = ProblemDocument(
                    refused.type, standing: standing(state.stored, refused.lineages, state.now))
                return TransportResponse(status: refused.type.status, body: document.json)
            } catch SignatureProblem.outsideWindow {
                let document = ProblemDocument(.clock, standing: standing(state.stored, [], state.now))
                return TransportResponse(status: 401, body: document.json)
            } catch {
                let document = ProblemDocument(
                    .malformed, detail: "\(error)", standing: standing(state.stored, [], state.now))
                return TransportResponse(status: 400, body: document.json)
            }
        }
    }

    struct Refused: Error {
        var type: ProblemType
        var lineages: [Lineage] = []

        init(_ type: ProblemType, _ lineages: [Lineage] = []) {
            self.type = type
            self.lineages = lineages
        }
    }
}

/// What tests ask and do.
extension RelayModel {
    func snapshot() -> Stored { state.withLock { $0.stored } }

    /// Brings an older state back; `incarnation` is what an operator's `restore` draws, nil where a file was copied.
    func restore(_ stored: Stored, incarnation: UInt8? = nil) {
        state.withLock { state in
            state.stored = stored
            if let incarnation { state.stored.incarnation = Array(repeating: incarnation, count: 16) }
        }
    }

    func fail(_ faults: Fault...) { state.withLock { $0.faults += faults } }

    /// Lets the request arrive that was under way; nobody hears its answer.
    func arrive() {
        let request = state.withLock { state in
            defer { state.travelling = nil }
            return state.travelling
        }
        if let request { _ = answer(request) }
    }

    func setReachable(_ isReachable: Bool) { state.withLock { $0.isReachable = isReachable } }

    /// How many claims of a stream and tier it has heard that fulfil a condition.
    func claims(_ stream: String, _ tier: Int, where holds: (CoverageClaim) -> Bool) -> Int {
        state.withLock { state in
            state.stored.held.values.joined().flatMap(\.manifest.claims).count {
                $0.stream == stream && $0.tier == tier && holds($0)
            }
        }
    }

    /// Subjects of all facts that it holds now, each once, sorted.
    var heldSubjects: [String] {
        state.withLock { state in
            var ids: Set<Digest32> = []
            var subjects: [String] = []
            for batch in state.stored.held.values.flatMap({ $0 }) {
                for event in batch.events {
                    guard let id = event.id, ids.insert(id).inserted else { continue }
                    subjects.append(event.subject)
                }
            }
            return subjects.sorted()
        }
    }

    var heldLineages: Int { state.withLock { Set($0.stored.places.map(\.lineage)).count } }
    var coverageGaps: Int { state.withLock { $0.coverageGaps } }

    func covered(_ stream: String, _ tier: Int) -> LocalDateTime? {
        state.withLock { $0.stored.coverage[stream]?[tier] }
    }
}
