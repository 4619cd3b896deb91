import RuleLanguage
import Values

/// A schema with a field of every kind, and a writer of its wire form that shares no code with the decoder.
enum OrderSchema {
    typealias Field = RecordSchema.Field

    static let item = RecordSchema(fields: [
        Field(name: "number", number: 1, kind: .key, maxLength: 5),
        Field(name: "text", number: 3, kind: .text, maxLength: 40),
        Field(name: "net_value", number: 8, kind: .decimal, isMoney: true),
        Field(name: "count", number: 9, kind: .integer), Field(name: "deleted", number: 14, kind: .boolean),
    ])
    static let person = RecordSchema(fields: [
        Field(name: "user", number: 1, kind: .text), Field(name: "email", number: 3, kind: .text),
        Field(name: "level", number: 4, kind: .integer),
    ])
    static let order = RecordSchema(fields: [
        Field(name: "number", number: 1, kind: .key), Field(name: "vendor", number: 5, kind: .key),
        Field(name: "vendor_name", number: 6, kind: .text),
        Field(name: "plant", number: 7, kind: .text), Field(name: "currency", number: 12, kind: .text),
        Field(name: "total_net", number: 13, kind: .decimal, isMoney: true),
        Field(name: "tax", number: 15, kind: .decimal), Field(name: "due_date", number: 14, kind: .date),
        Field(name: "count", number: 16, kind: .integer), Field(name: "rank", number: 17, kind: .integer),
        Field(name: "urgent", number: 18, kind: .boolean), Field(name: "blocked", number: 19, kind: .boolean),
        Field(name: "entered_at", number: 20, kind: .timeOfDay),
        Field(name: "buyer", number: 21, kind: .record, record: person),
        Field(name: "items", number: 22, kind: .record, isList: true, maxCount: 9_999, record: item),
        Field(name: "purchase_orders", number: 30, kind: .key, isList: true),
        Field(name: "weeks", number: 31, kind: .integer, isList: true),
        Field(name: "printed", number: 32, kind: .timestamp), Field(name: "raw", number: 33, kind: .bytes),
    ])
}

/// A value as it goes on the wire.
indirect enum Wire: Sendable {
    case text(String), int(Int), bool(Bool), decimal(String), date(String), seconds(Int), timestamp(Int, Int)
    case bytes([UInt8])
    case record([(Int, Wire)])
    /// Several whole numbers in one part.
    case packed([Int])

    static func bytes(of fields: [(Int, Wire)]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for (number, value) in fields { try value.append(number, to: &bytes) }
        return bytes
    }

    private func append(_ number: Int, to bytes: inout [UInt8]) throws {
        switch self {
        case .int(let value):
            bytes += Self.varint(UInt64(number << 3)) + Self.varint(Self.zigzag(Int64(value)))
        case .bool(let value): bytes += Self.varint(UInt64(number << 3)) + [value ? 1 : 0]
        case .date(let text):
            let days = Int64(LocalDate(parsing: text)?.daysSinceEpoch ?? 0)
            bytes += Self.varint(UInt64(number << 3)) + Self.varint(Self.zigzag(days))
        case .seconds(let value): bytes += Self.varint(UInt64(number << 3)) + Self.varint(UInt64(value))
        case .text(let text): part(number, Array(text.utf8), &bytes)
        case .bytes(let data): part(number, data, &bytes)
        case .packed(let values):
            part(number, values.flatMap { Self.varint(Self.zigzag(Int64($0))) }, &bytes)
        case .record(let fields): part(number, try Self.bytes(of: fields), &bytes)
        case .timestamp(let seconds, let nanoseconds):
            part(
                number,
                [8] + Self.varint(Self.zigzag(Int64(seconds))) + [16] + Self.varint(UInt64(nanoseconds)),
                &bytes)
        case .decimal(let text):
            let value = try ExactDecimal(parsing: text)
            if let units = value.unscaled64 {
                part(
                    number, [8] + Self.varint(Self.zigzag(units)) + [16] + Self.varint(UInt64(value.scale)),
                    &bytes)
            } else {
                let large = value.twosComplementBytes
                part(number, [16, value.scale, 26, UInt8(large.count)] + large, &bytes)
            }
        }
    }

    private func part(_ number: Int, _ content: [UInt8], _ bytes: inout [UInt8]) {
        bytes += Self.varint(UInt64(number << 3 | 2)) + Self.varint(UInt64(content.count)) + content
    }

    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

/// One condition on one event.
enum Condition {
    static let now = Timestamp(parsing: "2026-03-05T12:00:00Z") ?? .first
    static let attributes = EventAttributes(
        id: "00ff", type: "sap.order", subject: "4500000001", origin: "live", source: "/sap/PRD/100",
        time: Timestamp(parsing: "2026-03-05T11:00:00Z"), detectedAt: now)

    static func evaluate(
        _ source: String, _ fields: [(Int, Wire)], schema: RecordSchema = OrderSchema.order,
    ) throws -> ConditionResult {
        var builder = ConditionSet.Builder(OrderSchema.order)
        let index = try builder.add(source)
        let set = builder.finish()
        var machine = Machine()
        try set.load(
            try Wire.bytes(of: fields), try set.decoder(for: schema), attributes, now: now, into: &machine)
        return set.evaluate(index, on: &machine)
    }

    /// What is wrong with a condition, each as `line:column: problem; suggestion`.
    static func problems(_ source: String) -> [String] {
        var builder = ConditionSet.Builder(OrderSchema.order)
        do {
            _ = try builder.add(source)
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }
}
