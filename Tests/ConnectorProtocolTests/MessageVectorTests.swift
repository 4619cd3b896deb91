import ConnectorProtocol
import Cryptography
import Foundation
import Testing
import Values

/// Holds every message to Protocol/Vectors: what another language wrote reads as what it says, and is written by
/// us with the same bytes.
@Suite("Vectors of messages and records")
struct MessageVectorTests {
    private let time: Timestamp
    private let stamp: LocalDateTime
    private let agentKey: Ed25519.PublicKey
    private let relayKey: Ed25519.PrivateKey
    private let lineage: Lineage
    private let otherLineage: Lineage

    init() throws {
        time = try #require(Timestamp(seconds: 1_795_600_000))
        stamp = try #require(LocalDateTime(sap: "20261125093000"))
        agentKey = try Ed25519.PrivateKey(raw: Array(0..<32)).publicKey
        relayKey = try Ed25519.PrivateKey(raw: Array(1..<33))
        lineage = try #require(Lineage(Array(repeating: 2, count: 16)))
        otherLineage = try #require(Lineage(Array(repeating: 3, count: 16)))
    }

    private static func check<Message: Equatable>(
        _ name: String, number: Int = 0, _ expected: Message, read: ([UInt8]) throws -> Message,
        written: (Message) -> [UInt8],
    ) throws {
        let found = try VectorFiles.messages().filter { $0.message == name }
        try #require(found.count > number, "there is no \(name)")
        let bytes = try #require(Hexadecimal.decode(found[number].bytes))
        #expect(try read(bytes) == expected)
        #expect(written(expected) == bytes)
    }

    private func standing() throws -> Standing {
        Standing(
            incarnation: Array(repeating: 4, count: 16),
            time: try #require(Timestamp(seconds: time.seconds, nanoseconds: 5)),
            heads: [
                LineageHead(lineage: lineage, lane: .live, sequence: 7, digest: SHA256.hash("m7")),
                LineageHead(lineage: lineage, lane: .bulk, sequence: 0, digest: nil),
            ],
            laneHeads: [
                LineageHead(lineage: otherLineage, lane: .live, sequence: 300, digest: SHA256.hash("m300"))
            ],
            coverage: [
                Coverage(
                    source: "/sap/PRD/100", stream: "purchase_order.created", tier: 3, coveredUntil: stamp)
            ], audit: AuditHead(number: 12, digest: SHA256.hash("audit")))
    }

    private func entry() throws -> KeyEntry {
        KeyEntry(
            source: "/sap/PRD/100", stream: "vendor_invoice.posted", key: "5105600001/2026",
            stamp: try #require(LocalDateTime(sap: "19691231000000")), version: "000001234520261125093000",
            reason: "parked", since: try #require(Timestamp(seconds: -1, nanoseconds: 999_999_999)),
            hints: ["BELNR": "5105600001"])
    }

    private var gate: ClosedGate {
        ClosedGate(system: "PRD", client: "100", user: "ML_AGENT", reason: "refused", closedAt: time)
    }

    private func command() throws -> Command {
        Command(
            agent: "a1", lineage: lineage, number: 10, epoch: 4,
            expires: try #require(Timestamp(seconds: time.seconds + 60)), name: "pause", arguments: [1, 2])
    }

    private var acknowledgement: Acknowledgement {
        Acknowledgement(
            agent: "a1", lineage: lineage, lane: .live, sequence: 7, manifest: SHA256.hash("m7"),
            incarnation: Array(repeating: 4, count: 16), time: time)
    }

    private var receipt: PairingReceipt {
        PairingReceipt(agent: "a1", agentKey: agentKey, keyNumber: 1, time: time)
    }

    @Test("Answers to batches")
    func answers() throws {
        try Self.check("Standing", standing()) {
            try Standing(bytes: $0)
        } written: {
            $0.bytes
        }
        try Self.check("Acknowledgement", acknowledgement) {
            try Acknowledgement(bytes: $0)
        } written: {
            $0.bytes
        }
        let answer = BatchAnswer(
            standing: try standing(),
            acknowledgement: try SignedBytes(acknowledgement.bytes, as: .acknowledgement, key: relayKey))
        try Self.check("BatchAnswer", answer) {
            try BatchAnswer(bytes: $0)
        } written: {
            $0.bytes
        }
    }

    @Test("A manifest with a parent, a baseline and moves of keys")
    func manifest() throws {
        let claim = CoverageClaim(
            source: "/sap/PRD/100", stream: "vendor_invoice.posted", tier: 1,
            from: try #require(LocalDateTime(sap: "20261125091000")), readTo: stamp, pending: [try entry()],
            isBaseline: true, promise: LocalDateTime(sap: "20261125091500"))
        let manifest = Manifest(
            agent: "a1", lineage: lineage, lane: .bulk, sequence: 1, previous: nil,
            parent: SHA256.hash("m300"), leaves: [], schemas: [], claims: [claim],
            pending: KeyMoves(entered: [try entry()]), watch: KeyMoves(left: [try entry()]), sealedAt: time)
        try Self.check("Manifest", manifest) {
            try Manifest(bytes: $0)
        } written: {
            $0.bytes
        }
    }

    @Test("A sync and its answers, granted and refused")
    func sync() throws {
        let feed = FeedStatus(
            source: "/sap/PRD/100", stream: "purchase_order.created", lastPoll: time, sapTime: stamp,
            pending: 1, watched: 2, errorClass: "unavailable", error: "SAP does not answer.")
        let request = SyncRequest(
            requestID: Array(repeating: 5, count: 16), leaseToken: [9],
            process: Array(repeating: 6, count: 16), created: time, lineages: [lineage, otherLineage],
            status: AgentStatus(
                version: "1.0.0", host: "sapgw01.example.com", spooledEvents: 3, spooledBytes: 400,
                feeds: [feed], clockDifference: .milliseconds(-1_500)),
            highestEpoch: 4, highestCommand: 9, closedGates: [gate], wantsLease: true, waitSeconds: 25)
        try Self.check("SyncRequest", request) {
            try SyncRequest(bytes: $0)
        } written: {
            $0.bytes
        }
        let read = ReadRequest(
            source: "/sap/PRD/100", stream: "vendor", businessKey: "vendor:0000001000", since: time)
        let granted = SyncAnswer(
            standing: try standing(), requestID: request.requestID, leaseToken: [10, 11],
            lease: Lease(isGranted: true, epoch: 5, seconds: 45, isFresh: true, closedGates: [gate]),
            pending: [try entry()], watch: [try entry()], readRequests: [read],
            commands: [try SignedBytes(command().bytes, as: .command, key: relayKey)])
        try Self.check("SyncAnswer", granted) {
            try SyncAnswer(bytes: $0)
        } written: {
            $0.bytes
        }
        let refused = SyncAnswer(
            standing: Standing(incarnation: Array(repeating: 4, count: 16), time: time),
            requestID: request.requestID, leaseToken: [12],
            lease: Lease(isGranted: false, epoch: 5, seconds: 0, refusal: .olderToken))
        try Self.check("SyncAnswer", number: 1, refused) {
            try SyncAnswer(bytes: $0)
        } written: {
            $0.bytes
        }
        try Self.check("Command", command()) {
            try Command(bytes: $0)
        } written: {
            $0.bytes
        }
    }

    @Test("The four messages of a pairing, and its receipt")
    func pairing() throws {
        let invitation = [UInt8](repeating: 1, count: 16)
        let hello = PairingHello(
            invitation: invitation, agentKey: agentKey, host: "sapgw01.example.com", agentVersion: "1.0.0")
        try Self.check("PairingHello", hello) {
            try PairingHello(bytes: $0)
        } written: {
            $0.bytes
        }
        let challenge = PairingChallenge(
            agent: "a1", relayKey: relayKey.publicKey, relayVersion: "1.0.1",
            proof: SHA256.hash("relay's").bytes, time: time)
        try Self.check("PairingChallenge", challenge) {
            try PairingChallenge(bytes: $0)
        } written: {
            $0.bytes
        }
        let proof = PairingProof(
            invitation: invitation, agentKey: agentKey, proof: SHA256.hash("agent's").bytes)
        try Self.check("PairingProof", proof) {
            try PairingProof(bytes: $0)
        } written: {
            $0.bytes
        }
        try Self.check("PairingReceipt", receipt) {
            try PairingReceipt(bytes: $0)
        } written: {
            $0.bytes
        }
        let answer = PairingAnswer(
            receipt: try SignedBytes(receipt.bytes, as: .receipt, key: relayKey),
            authorities: ["-----BEGIN CERTIFICATE-----\n"], standing: try standing())
        try Self.check("PairingAnswer", answer) {
            try PairingAnswer(bytes: $0)
        } written: {
            $0.bytes
        }
    }

    @Test("A record with a value of every kind, lists and records in it")
    func record() throws {
        let vector = try VectorFiles.record()
        let schema = try EventSchema(bytes: #require(Hexadecimal.decode(vector.schemaBytes)))
        #expect(try EventSchema(type: schema.type, fields: schema.fields).bytes == schema.bytes)
        #expect(Set(schema.fields.map(\.kind)) == Set(FieldKind.allCases))
        let data = try #require(Hexadecimal.decode(vector.data))
        let expected = Record([
            1: .text("4500000001"), 2: .text(""), 3: .integer(.min), 4: .boolean(false),
            5: .decimal(try ExactDecimal(parsing: "1234.50")),
            6: .date(try #require(LocalDate(parsing: "2026-11-25"))),
            7: .timeOfDay(try #require(TimeOfDay(parsing: "24:00:00"))),
            8: .timestamp(try #require(Timestamp(parsing: "1969-12-31T23:59:59.000000001Z"))),
            9: .bytes([0, 255]),
            10: .list([
                .date(try #require(LocalDate(parsing: "1969-12-31"))),
                .date(try #require(LocalDate(parsing: "1970-01-01"))),
            ]), 11: .text("EUR"),
            12: .list([
                .decimal(try ExactDecimal(parsing: "9223372036854775808")),
                .decimal(try ExactDecimal(parsing: "-99999999999999999999.999999999999999999")),
            ]),
            20_000: .list([
                .record(
                    Record([
                        1: .decimal(try ExactDecimal(parsing: "-0.05")), 2: .list([.text(""), .text("ä")]),
                    ])), .record(Record()),
            ]),
        ])
        #expect(try RecordDecoder.decode(data, by: schema.fields) == expected)
        #expect(try RecordEncoder.encode(expected, by: schema.fields) == data)
    }

    @Test("Every message that is read by itself has a vector")
    func complete() throws {
        let names = Set(try VectorFiles.messages().map(\.message))
        #expect(
            names == [
                "Standing", "Manifest", "Acknowledgement", "BatchAnswer", "SyncRequest", "SyncAnswer",
                "Command", "PairingHello", "PairingChallenge", "PairingProof", "PairingReceipt",
                "PairingAnswer",
            ])
    }
}
