import ConnectorProtocol
import Cryptography
import Testing
import Values

@Suite("Sync messages")
struct SyncTests {
    private static let time = Timestamp(seconds: 1_764_000_000)
    private static let gate = ClosedGate(
        system: "PRD", client: "100", user: "MLCONNECT", reason: "refused", closedAt: .first)

    private static func request() throws -> SyncRequest {
        let time = try #require(time)
        return SyncRequest(
            requestID: Array(repeating: 1, count: 16), leaseToken: [1, 2, 3],
            process: Array(repeating: 2, count: 16), created: time,
            lineages: [try #require(Lineage(Array(repeating: 7, count: 16)))],
            status: AgentStatus(
                version: "1.0.0", host: "sapgw01", spooledEvents: 3, spooledBytes: 400,
                feeds: [
                    FeedStatus(
                        source: "/sap/PRD/100", stream: "purchase_order.created", lastPoll: time,
                        sapTime: LocalDateTime(sap: "20261125093000"), pending: 1, watched: 2,
                        errorClass: "unavailable", error: "SAP does not answer.")
                ], clockDifference: .milliseconds(-1_500)),
            highestEpoch: 4, highestCommand: 9, closedGates: [gate], wantsLease: true, waitSeconds: 25)
    }

    private static func answer() throws -> SyncAnswer {
        let time = try #require(time)
        let key = try Ed25519.PrivateKey(raw: Array(repeating: 5, count: 32))
        let command = Command(
            agent: "a1", lineage: try #require(Lineage(Array(repeating: 7, count: 16))), number: 10, epoch: 4,
            expires: time, name: "pause", arguments: [1])
        let entry = KeyEntry(
            source: "/sap/PRD/100", stream: "purchase_order.created", key: "4500000001",
            stamp: try #require(LocalDateTime(sap: "20261125093000")), reason: "held", since: time)
        return SyncAnswer(
            standing: Standing(incarnation: Array(repeating: 1, count: 16), time: time),
            requestID: Array(repeating: 1, count: 16), leaseToken: [9],
            lease: Lease(isGranted: true, epoch: 4, seconds: 45, isFresh: true, closedGates: [gate]),
            pending: [entry], watch: [entry],
            readRequests: [
                ReadRequest(source: "/sap/PRD/100", stream: "vendor", businessKey: "vendor:1", since: time)
            ], commands: [try SignedBytes(command.bytes, as: .command, key: key)])
    }

    @Test("Request, answer and command come back as they were written")
    func roundTrips() throws {
        let request = try Self.request()
        let readRequest = try SyncRequest(bytes: request.bytes)
        #expect(readRequest == request)
        let answer = try Self.answer()
        let readAnswer = try SyncAnswer(bytes: answer.bytes)
        #expect(readAnswer == answer)
        let key = try Ed25519.PrivateKey(raw: Array(repeating: 5, count: 32)).publicKey
        let signed = try #require(readAnswer.commands.first)
        #expect(signed.isValid(as: .command, key: key))
        #expect(!signed.isValid(as: .acknowledgement, key: key))
        #expect(try Command(bytes: signed.payload).number == 10)
    }

    @Test("A refused lease says why, and a word that is not known is kept as one")
    func refusals() throws {
        var answer = try Self.answer()
        for refusal in [Lease.Refusal.held, .olderToken, .olderProcess, .other] {
            answer.lease = Lease(isGranted: false, epoch: 4, seconds: 0, refusal: refusal)
            let read = try SyncAnswer(bytes: answer.bytes)
            #expect(read.lease == answer.lease)
        }
    }

    @Test(
        "A request that breaks a bound is refused",
        arguments: [0, 1, 2, 3, 4, 5])
    func bounds(_ number: Int) throws {
        var request = try Self.request()
        let lineage = try #require(request.lineages.first)
        switch number {
        case 0: request.requestID.removeLast()
        case 1: request.process = []
        case 2: request.leaseToken = Array(repeating: 1, count: 65)
        case 3: request.lineages = Array(repeating: lineage, count: 17)
        case 4: request.closedGates = Array(repeating: Self.gate, count: 257)
        default: request.status.host = String(repeating: "h", count: 256)
        }
        #expect(throws: ProtocolError.self) { try SyncRequest(bytes: request.bytes) }
    }

    @Test("A wait longer than the protocol's is cut to it")
    func longWait() throws {
        var request = try Self.request()
        request.waitSeconds = 4_000
        let read = try SyncRequest(bytes: request.bytes)
        #expect(read.waitSeconds == 25)
    }
}
