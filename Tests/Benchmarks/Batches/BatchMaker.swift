import ConnectorProtocol
import Cryptography
import Foundation
import RelayCore
import Values

/// An agent that does nothing but seal and sign batches of new orders.
struct BatchMaker {
    /// Events of a batch.
    static let size = 100
    static let agent = "benchmark"
    static let source = "/sap/PRD/100"

    /// A signed batch, ready to be received.
    struct Made: Sendable {
        let request: AgentRequest
        /// The events alone, for the bare inserts.
        let events: [[UInt8]]
    }

    let key: Ed25519.PrivateKey
    private let lineage = Lineage(random: .system)
    private var sequence: UInt64 = 0
    private var previous: Digest32?
    private var number = 0

    init() throws { key = try Ed25519.PrivateKey() }

    /// The buyer that all orders have, and the first order: what a relay knows already when it is measured.
    mutating func beginning() throws -> Made {
        let schemas = [BuiltInEventType.user, .purchaseOrderCreated].map { BuiltInSchemas.schema(of: $0) }
        return try seal([try buyer(), try order()], schemas)
    }

    /// The next batch of orders.
    mutating func next() throws -> Made {
        var events: [[UInt8]] = []
        for _ in 0..<Self.size { events.append(try order()) }
        return try seal(events, [])
    }

    private mutating func seal(_ events: [[UInt8]], _ schemas: [EventSchema]) throws -> Made {
        sequence += 1
        let now = try Self.now()
        let batch = try BatchSealer(random: .system).seal(
            BatchDraft(
                agent: Self.agent, lineage: lineage, lane: .live, sequence: sequence, previous: previous,
                schemas: schemas, events: events, sealedAt: now))
        previous = batch.digest
        let path = "/v1/agents/\(Self.agent)/batches"
        let fields = [
            (name: "Content-Type", value: AgentReply.messageType), (name: "Content-Encoding", value: "gzip"),
            (name: "Content-Digest", value: ContentDigest.field(of: batch.body)),
            (name: "Manifest-Digest", value: ContentDigest.field(batch.digest)),
        ]
        let request = SignedRequest(method: "POST", path: path, fields: fields)
        let signature = try RequestSigner(key: key).sign(
            request, components: SignedComponents.batch, created: now)
        return Made(
            request: AgentRequest(
                agent: Self.agent,
                message: SignedRequest(method: "POST", path: path, fields: fields + signature),
                body: batch.body), events: events)
    }

    private mutating func order() throws -> [UInt8] {
        number += 1
        let order = String(4_500_000_000 + number)
        return try event(
            .purchaseOrderCreated, subject: order, key: [order], version: .named("1"),
            [
                "number": .text(order), "company_code": .text("1000"), "vendor": .text("0000004711"),
                "vendor_name": .text("Müller & Söhne"), "purchasing_group": .text("001"),
                "created_by": .text("MEIER"), "currency": .text("EUR"),
                "total_net": .decimal(try Self.present(ExactDecimal(unscaled: 123_450, scale: 2))),
            ])
    }

    private func buyer() throws -> [UInt8] {
        let now = try Self.now()
        let phones = try Self.present(BuiltInSchemas.schema(of: .user).field("phones")).fields
        let phone = try Self.record(
            ["number": .text("0170 1234567"), "country": .text("DE"), "kind": .text("mobile")], phones)
        return try event(
            .user, subject: "MEIER", key: ["MEIER"],
            version: .reading(Reading(state: "1", begun: now, ended: now)),
            [
                "user": .text("MEIER"), "name": .text("Anna Meier"), "language": .text("DE"),
                "phones": .list([.record(phone)]),
            ])
    }

    private func event(
        _ type: BuiltInEventType, subject: String, key: [String], version: Event.Version,
        _ values: [String: RecordValue],
    ) throws -> [UInt8] {
        let schema = BuiltInSchemas.schema(of: type)
        let parts = type.rawValue.split(separator: ".").map(String.init)
        let isMaster = parts.count == 2
        return Event(
            source: Self.source, type: type.rawValue, subject: subject,
            businessKey: BusinessKey.text(object: parts[1], key: key, creation: isMaster ? [] : ["20261125"]),
            transition: isMaster ? "state" : parts[2], version: version, origin: .live,
            time: EventTime(
                stamp: try Self.present(LocalDateTime(sap: "20261125100000")), precision: .second,
                zone: "CET", offsetSeconds: 3_600),
            detectedAt: try Self.now(), schema: schema.digest,
            data: try RecordEncoder.encode(try Self.record(values, schema.fields), by: schema.fields),
            feed: isMaster ? parts[1] : "purchase_order"
        ).bytes
    }

    private static func record(_ values: [String: RecordValue], _ fields: [FieldSchema]) throws -> Record {
        var record = Record()
        for (name, value) in values { record[try present(fields.first { $0.name == name }).number] = value }
        return record
    }

    private static func now() throws -> Timestamp {
        try present(Timestamp(seconds: Int64(Date().timeIntervalSince1970), nanoseconds: 0))
    }

    private static func present<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw BenchmarkError.wrong("a sample value does not exist any more") }
        return value
    }
}

extension BatchMaker {
    /// How signatures name a key.
    static func keyID(_ key: Ed25519.PublicKey) -> String { RequestSigner.keyID(of: key) }
}
