import Compression
import ConnectorProtocol
import Cryptography
import TestSupport
import Testing
import Values

@Suite("Batches")
struct BatchTests {
    private static let lineage = Lineage(random: SecureRandom { [UInt8](repeating: 3, count: $0) })

    private static func event(_ number: Int) throws -> Event {
        let stamp = try #require(LocalDateTime(sap: "20261125093000"))
        let detected = try #require(Timestamp(parsing: "2026-11-25T08:31:00Z"))
        return Event(
            source: Event.source(system: "PRD", client: "100"), type: "sap.purchase_order.created",
            subject: "450000000\(number)",
            businessKey: BusinessKey.text(
                object: "purchase_order", key: ["450000000\(number)"], creation: ["20261125", "MILLER"]),
            transition: "created", version: .named("1"), origin: .live,
            time: EventTime(stamp: stamp, precision: .second, zone: "CET", offsetSeconds: 3600),
            detectedAt: detected, schema: try schema().digest, data: [10, 1, 65], feed: "purchase_order")
    }

    private static func schema() throws -> EventSchema {
        try EventSchema(
            type: "sap.purchase_order.created", fields: [FieldSchema("number", 1, .key, maxLength: 10)])
    }

    private static func sealed(_ events: [Event]) throws -> SealedBatch {
        let stamp = try #require(LocalDateTime(sap: "20261125000000"))
        let until = try #require(LocalDateTime(sap: "20261125093100"))
        let draft = BatchDraft(
            agent: "agent-1", lineage: lineage, lane: .live, sequence: 1, previous: nil,
            schemas: [try schema()],
            events: events.map(\.bytes),
            claims: [
                CoverageClaim(
                    source: "/sap/PRD/100", stream: "purchase_order.created", tier: 1, from: stamp,
                    readTo: until)
            ], sealedAt: try #require(Timestamp(parsing: "2026-11-25T08:31:05Z")))
        return try BatchSealer(random: .system).seal(draft)
    }

    @Test("An event comes back as it was, attribute by attribute")
    func eventRoundTrip() throws {
        let event = try Self.event(1)
        #expect(try Event(bytes: event.bytes) == event)
        #expect(event.id != nil)
    }

    @Test("A batch opens to what was sealed")
    func batchRoundTrip() throws {
        let events = [try Self.event(1), try Self.event(2)]
        let batch = try Self.sealed(events)
        let opened = try OpenedBatch(body: batch.body, manifestDigest: batch.digest)
        #expect(opened.manifest == batch.manifest)
        #expect(opened.digest == SHA256.hash(batch.manifestBytes))
        #expect(opened.schemas.map(\.digest) == [try Self.schema().digest])
        #expect(try opened.events.map { try Event(bytes: $0.bytes) } == events)
        #expect(Set(opened.events.map(\.salt)).count == 2)
    }

    @Test("Equal events have different leaves: a leaf tells nothing of its event")
    func salted() throws {
        let batch = try Self.sealed([try Self.event(1), try Self.event(1)])
        #expect(Set(batch.manifest.leaves).count == 2)
    }

    @Test("A change of any byte of the unpacked body is refused")
    func tampered() throws {
        let batch = try Self.sealed([try Self.event(1)])
        let plain = try Gzip.decompress(batch.body, limit: 1 << 20)
        for index in plain.indices {
            var changed = plain
            changed[index] ^= 1
            let body = try Gzip.compress(changed)
            #expect(throws: ProtocolError.self, "byte \(index)") {
                try OpenedBatch(body: body, manifestDigest: batch.digest)
            }
        }
    }

    @Test("Bytes behind the last event, a cut, a bomb and a foreign body are refused")
    func malformed() throws {
        let batch = try Self.sealed([try Self.event(1)])
        let plain = try Gzip.decompress(batch.body, limit: 1 << 20)
        let bodies = [
            try Gzip.compress(plain + [0]), try Gzip.compress(Array(plain.dropLast())),
            Array(batch.body.dropLast(8)),
            batch.body + batch.body, try Gzip.compress([UInt8](repeating: 0, count: 16 << 20)), [],
            Array("{}".utf8),
        ]
        for body in bodies {
            #expect(throws: ProtocolError.self) { try OpenedBatch(body: body, manifestDigest: batch.digest) }
        }
    }

    @Test("A manifest of another batch does not fit")
    func otherManifest() throws {
        let one = try Self.sealed([try Self.event(1)])
        let two = try Self.sealed([try Self.event(2)])
        #expect(throws: ProtocolError.self) { try OpenedBatch(body: one.body, manifestDigest: two.digest) }
    }

    @Test("More events than the protocol allows are refused before they are sealed")
    func tooMany() throws {
        let event = try Self.event(1)
        #expect(throws: ProtocolError.self) {
            try Self.sealed([Event](repeating: event, count: ProtocolLimits.eventCountLimit + 1))
        }
    }

    @Test("Random bytes never trap the reader")
    func garbage() throws {
        var random = SeededRandom(seed: 11)
        let valid = try Self.event(1).bytes
        for _ in 0..<2000 {
            var bytes = valid
            for _ in 0..<3 {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            _ = try? Event(bytes: bytes)
            _ = try? Manifest(bytes: bytes)
            _ = try? EventSchema(bytes: bytes)
        }
    }
}
