import ConnectorProtocol
import Cryptography
import Testing
import Values

/// Records, answers, refusals and pairing read back as what was written.
struct MessageTests {
    @Test(
        "A decimal has one form on the wire, and comes back with its scale",
        arguments: [
            "0", "1.50", "-1.5", "9223372036854775807", "9223372036854775808", "-9223372036854775809.12",
        ])
    func decimals(text: String) throws {
        let field = FieldSchema("amount", 13, .decimal)
        let number = try ExactDecimal(parsing: text)
        let bytes = try RecordEncoder.encode(Record([13: .decimal(number)]), by: [field])
        let value = try RecordDecoder.decode(bytes, by: [field])[13]
        #expect(value == .decimal(number))
        #expect(try RecordEncoder.encode(Record([13: try #require(value)]), by: [field]) == bytes)
    }

    @Test("Every kind of field, lists and nested records come back; unknown fields are passed over")
    func record() throws {
        let fields = [
            FieldSchema("number", 1, .key, maxLength: 10), FieldSchema("on", 2, .date),
            FieldSchema("at", 3, .timeOfDay), FieldSchema("count", 4, .integer, isList: true),
            FieldSchema("gone", 5, .boolean), FieldSchema("names", 6, .text, isList: true),
            FieldSchema("item", 7, .record, isList: true, fields: [FieldSchema("text", 1, .text)]),
        ]
        let record = Record([
            1: .text("4500000001"), 2: .date(try #require(LocalDate(daysSinceEpoch: -1))),
            3: .timeOfDay(try #require(TimeOfDay(secondsSinceMidnight: 86_399))),
            4: .list([.integer(0), .integer(-1), .integer(.max)]), 5: .boolean(false),
            6: .list([.text("ä"), .text("")]),
            7: .list([.record(Record([1: .text("x")])), .record(Record())]),
        ])
        let bytes = try RecordEncoder.encode(record, by: fields)
        #expect(try RecordDecoder.decode(bytes, by: fields) == record)
        #expect(try RecordDecoder.decode(bytes, by: [fields[0]]).values == [1: .text("4500000001")])
    }

    @Test("A list as long as an event may be is read in time that grows with it", .timeLimit(.minutes(1)))
    func longList() throws {
        let field = FieldSchema(
            "items", 1, .record, isList: true, fields: [FieldSchema("text", 1, .text)])
        let count = ProtocolLimits.eventBytesLimit / 2
        let bytes = [[UInt8]](repeating: [0x0A, 0x00], count: count).flatMap(\.self)
        guard case .list(let items) = try RecordDecoder.decode(bytes, by: [field])[1] else {
            Issue.record("no list")
            return
        }
        #expect(items.count == count)
    }

    @Test("A value that is too long or of another kind is refused with the field's name")
    func refusals() {
        let fields = [FieldSchema("group", 8, .text, maxLength: 3)]
        #expect(throws: ProtocolError.malformed("record: field group")) {
            _ = try RecordEncoder.encode(Record([8: .text("1234")]), by: fields)
        }
        #expect(throws: ProtocolError.malformed("record: field group")) {
            _ = try RecordEncoder.encode(Record([8: .integer(1)]), by: fields)
        }
    }

    private func standing() throws -> Standing {
        let lineage = try #require(Lineage(Array(repeating: 7, count: 16)))
        return Standing(
            incarnation: Array(repeating: 1, count: 16),
            time: try #require(Timestamp(seconds: 1_764_000_000)),
            heads: [
                LineageHead(lineage: lineage, lane: .live, sequence: 3, digest: SHA256.hash("m3")),
                LineageHead(lineage: lineage, lane: .bulk, sequence: 0, digest: nil),
            ],
            coverage: [
                Coverage(
                    source: "/sap/PRD/100", stream: "purchase_order.created", tier: 2,
                    coveredUntil: try #require(LocalDateTime(sap: "20260305134512")))
            ],
            audit: AuditHead(number: 9, digest: SHA256.hash("audit")))
    }

    @Test("A refusal carries where the relay stands", arguments: ProblemType.allCases)
    func problem(type: ProblemType) throws {
        let document = ProblemDocument(type, detail: "Head is 3.", standing: try standing())
        #expect(ProblemDocument(json: document.json) == document)
    }

    @Test("A page that is no problem document is told apart")
    func noProblem() {
        #expect(ProblemDocument(json: Array("<html>".utf8)) == nil)
        #expect(ProblemDocument(json: Array(#"{"type":"about:blank","title":"","status":502}"#.utf8)) == nil)
    }

    @Test("An acknowledgement is believed for what it is, from the relay's key alone")
    func acknowledgement() throws {
        let key = try Ed25519.PrivateKey(raw: Array(0..<32))
        let standing = try standing()
        let acknowledgement = Acknowledgement(
            agent: "a1", lineage: standing.heads[0].lineage, lane: .live, sequence: 3,
            manifest: SHA256.hash("m3"), incarnation: standing.incarnation, time: standing.time)
        let signed = try SignedBytes(acknowledgement.bytes, as: .acknowledgement, key: key)
        let answer = try BatchAnswer(bytes: BatchAnswer(standing: standing, acknowledgement: signed).bytes)
        #expect(answer.standing == standing)
        #expect(try Acknowledgement(bytes: answer.acknowledgement.payload) == acknowledgement)
        #expect(answer.acknowledgement.isValid(as: .acknowledgement, key: key.publicKey))
        #expect(!answer.acknowledgement.isValid(as: .receipt, key: key.publicKey))
        let other = try Ed25519.PrivateKey(raw: Array(1...32))
        #expect(!answer.acknowledgement.isValid(as: .acknowledgement, key: other.publicKey))
    }

    @Test("Both sides of a pairing prove the secret, and neither proof serves for the other")
    func pairing() throws {
        let relay = try Ed25519.PrivateKey(raw: Array(0..<32)).publicKey
        let agent = try Ed25519.PrivateKey(raw: Array(1...32)).publicKey
        let token = PairingToken(
            address: "https://relay.example.com:8443", invitation: Array(repeating: 5, count: 16),
            secret: Secret(bytes: Array(repeating: 6, count: 16)), authority: [0x30, 0], relayKey: relay,
            expires: try #require(Timestamp(seconds: 1_764_003_600)))
        let read = try PairingToken(parsing: " " + token.exposedText + "\n")
        #expect(read.secret == token.secret && read.relayKey == relay && read.authority == [0x30, 0])
        let transcript = PairingTranscript(
            invitation: token.invitation, agentKey: agent, relayKey: relay, host: "sap-lan", agent: "a1",
            agentVersion: "0.1", relayVersion: "0.1")
        let proof = transcript.proof(of: .agent, secret: read.secret)
        #expect(transcript.isProof(proof, of: .agent, secret: token.secret))
        #expect(!transcript.isProof(proof, of: .relay, secret: token.secret))
        var other = transcript
        other.host = "elsewhere"
        #expect(!other.isProof(proof, of: .agent, secret: token.secret))
        let hello = PairingHello(
            invitation: token.invitation, agentKey: agent, host: "sap-lan", agentVersion: "0.1")
        #expect(try PairingHello(bytes: hello.bytes) == hello)
        let message = PairingProof(invitation: token.invitation, agentKey: agent, proof: proof)
        #expect(try PairingProof(bytes: message.bytes) == message)
    }

    @Test("A damaged token is refused", arguments: ["", "mlpair1.", "mlpair1.AAAA", "mlpair2.AAAA", "hello"])
    func badToken(text: String) {
        #expect(throws: ProtocolError.self) { _ = try PairingToken(parsing: text) }
    }
}
