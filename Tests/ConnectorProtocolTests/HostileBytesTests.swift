import Compression
import ConnectorProtocol
import Cryptography
import TestSupport
import Testing
import Values

/// Bytes that nobody of ours has written: every reader refuses them or reads them, and never traps or hangs.
@Suite("Bytes that mean harm")
struct HostileBytesTests {
    /// Reads bytes; what was read is written and read again, and has to be the same.
    private typealias Reader = @Sendable ([UInt8]) throws -> Bool

    private static let readers: [String: Reader] = [
        "Standing": { try Standing(bytes: Standing(bytes: $0).bytes) == Standing(bytes: $0) },
        "Manifest": { try Manifest(bytes: Manifest(bytes: $0).bytes) == Manifest(bytes: $0) },
        "Acknowledgement": {
            try Acknowledgement(bytes: Acknowledgement(bytes: $0).bytes) == Acknowledgement(bytes: $0)
        },
        "BatchAnswer": { try BatchAnswer(bytes: BatchAnswer(bytes: $0).bytes) == BatchAnswer(bytes: $0) },
        "SyncRequest": { try SyncRequest(bytes: SyncRequest(bytes: $0).bytes) == SyncRequest(bytes: $0) },
        "SyncAnswer": { try SyncAnswer(bytes: SyncAnswer(bytes: $0).bytes) == SyncAnswer(bytes: $0) },
        "Command": { try Command(bytes: Command(bytes: $0).bytes) == Command(bytes: $0) },
        "PairingHello": {
            try PairingHello(bytes: PairingHello(bytes: $0).bytes) == PairingHello(bytes: $0)
        },
        "PairingChallenge": {
            try PairingChallenge(bytes: PairingChallenge(bytes: $0).bytes) == PairingChallenge(bytes: $0)
        },
        "PairingProof": {
            try PairingProof(bytes: PairingProof(bytes: $0).bytes) == PairingProof(bytes: $0)
        },
        "PairingReceipt": {
            try PairingReceipt(bytes: PairingReceipt(bytes: $0).bytes) == PairingReceipt(bytes: $0)
        },
        "PairingAnswer": {
            try PairingAnswer(bytes: PairingAnswer(bytes: $0).bytes) == PairingAnswer(bytes: $0)
        },
    ]

    private static func damaged(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
        case 1:
            let start = Int.random(in: bytes.indices, using: &random)
            bytes.insert(contentsOf: bytes[start...].prefix(40), at: start)
        case 2:
            // A length or a tag that says more than there can be.
            bytes[Int.random(in: bytes.indices, using: &random)] = 0xFF
        default:
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        return bytes
    }

    @Test("Damaged messages are refused, or read as what they then say")
    func messages() throws {
        var random = SeededRandom(seed: 41)
        for vector in try VectorFiles.messages() {
            let reader = try #require(Self.readers[vector.message], "\(vector.message) has no reader here")
            let whole = try #require(Hexadecimal.decode(vector.bytes))
            #expect(try reader(whole))
            for round in 0..<400 {
                let bytes = Self.damaged(whole, &random)
                if let isSame = try? reader(bytes) { #expect(isSame, "\(vector.message), round \(round)") }
            }
        }
    }

    @Test("Damaged records are refused, or read as what they then say")
    func records() throws {
        let vector = try VectorFiles.record()
        let schemaBytes = try #require(Hexadecimal.decode(vector.schemaBytes))
        let schema = try EventSchema(bytes: schemaBytes)
        let data = try #require(Hexadecimal.decode(vector.data))
        var random = SeededRandom(seed: 42)
        for round in 0..<4000 {
            let bytes = Self.damaged(data, &random)
            guard let record = try? RecordDecoder.decode(bytes, by: schema.fields),
                let written = try? RecordEncoder.encode(record, by: schema.fields)
            else { continue }
            #expect(try RecordDecoder.decode(written, by: schema.fields) == record, "round \(round)")
        }
        for _ in 0..<1000 {
            guard let other = try? EventSchema(bytes: Self.damaged(schemaBytes, &random)) else { continue }
            _ = try? RecordDecoder.decode(data, by: other.fields)
        }
    }

    @Test("A mebibyte of tiny values, and of tags under thousands of fields, takes no more than its bytes")
    func manyValues() throws {
        let list = FieldSchema("names", 1, .text, isList: true)
        let wide = (1...10_000).map { FieldSchema("f\($0)", UInt32($0), .boolean) }
        let count = 500_000
        let values = Array([[UInt8]](repeating: [0x0A, 0], count: count).joined())
        // The last field's tag is 10,000 << 3: 0x80 0xF1 0x04.
        let tags = Array([[UInt8]](repeating: [0x80, 0xF1, 0x04, 1], count: 250_000).joined())
        let time = try threadTime {
            let record = try RecordDecoder.decode(values, by: [list])
            #expect(record[1] == .list(Array(repeating: .text(""), count: count)))
            #expect(try RecordDecoder.decode(tags, by: wide)[10_000] == .boolean(true))
        }
        #expect(time < .seconds(20))
    }

    @Test("A body whose parts were damaged does not open, and one that opens is what its manifest says")
    func bodies() throws {
        let sealer = BatchSealer(random: .system)
        let sealed = try sealer.seal(
            BatchDraft(
                agent: "a1", lineage: Lineage(random: .system), lane: .live, sequence: 1, previous: nil,
                schemas: [BuiltInSchemas.all[0]], events: [[1, 2, 3], [], Array(repeating: 7, count: 300)],
                sealedAt: .first))
        let unpacked = try Gzip.decompress(sealed.body, limit: 1 << 20)
        var random = SeededRandom(seed: 43)
        for round in 0..<1500 {
            let body =
                round % 2 == 0
                ? Self.damaged(sealed.body, &random) : try Gzip.compress(Self.damaged(unpacked, &random))
            if let opened = try? OpenedBatch(body: body, manifestDigest: sealed.digest) {
                #expect(opened.manifestBytes == sealed.manifestBytes, "round \(round)")
                #expect(opened.events.map(\.bytes) == [[1, 2, 3], [], Array(repeating: 7, count: 300)])
            }
        }
    }

    @Test("Damaged signature fields are never believed, unless they say the same")
    func signatures() throws {
        let key = try Ed25519.PrivateKey(raw: Array(0..<32))
        var request = SignedRequest(
            method: "POST", path: "/v1/agents/a1/sync",
            fields: [
                ("Content-Digest", ContentDigest.field(of: [1])), ("Content-Type", "application/x-protobuf"),
            ])
        let now = try #require(Timestamp(seconds: 1_764_000_000))
        request.fields += try RequestSigner(key: key).sign(
            request, components: SignedComponents.message, created: now)
        let base = try RequestVerifier(request, components: SignedComponents.message).base
        var random = SeededRandom(seed: 44)
        for round in 0..<3000 {
            var other = request
            let field = Int.random(in: 0..<4, using: &random)
            let bytes = Self.damaged(Array(other.fields[field].value.utf8), &random)
            other.fields[field].value = String(decoding: bytes, as: UTF8.self)
            guard let verifier = try? RequestVerifier(other, components: SignedComponents.message),
                (try? verifier.verify(key: key.publicKey, now: now)) != nil
            else { continue }
            #expect(verifier.base == base, "round \(round): \(other.fields[field].value)")
        }
    }

    /// Named by number: the texts are too long for a line of the log.
    private static let longHeaders = [
        (0..<20_000).map { "a\($0)=1" }.joined(separator: ", "),
        "ml=(" + (0..<20_000).map { "\"h\($0)\"" }.joined(separator: " ") + ")",
        "ml=(\"@method\")" + (0..<20_000).map { ";p\($0)" }.joined(),
        "ml=" + String(repeating: "(", count: 100_000), "ml=:" + String(repeating: "A", count: 100_000),
    ]

    @Test(
        "A header of many members, items or parameters is refused before each is held against all others",
        arguments: 0..<5)
    func longHeader(_ index: Int) {
        let field = Self.longHeaders[index]
        let request = SignedRequest(
            method: "POST", path: "/", fields: [("Signature-Input", field), ("Signature", "ml=:AA==:")])
        let time = threadTime {
            #expect(throws: SignatureProblem.malformed) { _ = try RequestVerifier(request, components: []) }
            #expect(ContentDigest.digest(field: field) == nil)
        }
        #expect(time < .seconds(5))
    }

    @Test("Tokens and problem documents that were damaged, nested or cut are no trap")
    func texts() throws {
        let token = PairingToken(
            address: "https://relay.example.com:8443", invitation: Array(repeating: 1, count: 16),
            secret: Secret(bytes: Array(repeating: 2, count: 16)), authority: Array(repeating: 3, count: 400),
            relayKey: try Ed25519.PrivateKey(raw: Array(0..<32)).publicKey, expires: .last)
        let problem = ProblemDocument(
            .fork, detail: "d", standing: Standing(incarnation: Array(repeating: 1, count: 16), time: .first))
        var random = SeededRandom(seed: 45)
        for _ in 0..<1500 {
            let text = Self.damaged(Array(token.exposedText.utf8), &random)
            _ = try? PairingToken(parsing: String(decoding: text, as: UTF8.self))
            _ = ProblemDocument(json: Self.damaged(problem.json, &random))
        }
        #expect(ProblemDocument(json: Array(String(repeating: "[", count: 200_000).utf8)) == nil)
        #expect(ProblemDocument(json: Array(String(repeating: "{\"type\":", count: 100_000).utf8)) == nil)
    }
}
