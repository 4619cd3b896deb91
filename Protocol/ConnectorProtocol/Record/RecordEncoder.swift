internal import FoundationEssentials
internal import Values

/// Writes records in protobuf wire format, fields by ascending number: one record has one form.
package enum RecordEncoder {
    /// The bytes of a record by a schema's fields.
    /// - Throws: `malformed`, with the field's name, for a value that is not of the field's kind or too long, and
    ///   for a number that the schema does not know.
    package static func encode(_ record: Record, by fields: [FieldSchema]) throws(ProtocolError) -> [UInt8] {
        var bytes: [UInt8] = []
        var known = 0
        for field in fields {
            guard let value = record[field.number] else { continue }
            known += 1
            guard field.isList else {
                try append(value, field, to: &bytes)
                continue
            }
            guard case .list(let values) = value, values.count <= field.maxCount ?? .max else {
                throw .malformed("record: field \(field.name)")
            }
            try append(values, field, to: &bytes)
        }
        guard known == record.values.count else { throw .malformed("record: a field that its schema lacks") }
        return bytes
    }

    private static func append(
        _ values: [RecordValue], _ field: FieldSchema, to bytes: inout [UInt8],
    ) throws(ProtocolError) {
        guard field.isPacked else {
            for value in values { try append(value, field, to: &bytes) }
            return
        }
        guard !values.isEmpty else { return }
        var packed: [UInt8] = []
        for value in values { BodyFraming.appendVarint(try scalar(value, field), to: &packed) }
        appendTag(field.number, 2, to: &bytes)
        BodyFraming.append(packed, to: &bytes)
    }

    private static func append(
        _ value: RecordValue, _ field: FieldSchema, to bytes: inout [UInt8],
    ) throws(ProtocolError) {
        if field.kind.isScalar {
            appendTag(field.number, 0, to: &bytes)
            BodyFraming.appendVarint(try scalar(value, field), to: &bytes)
            return
        }
        let content: [UInt8]
        switch (field.kind, value) {
        case (.text, .text(let text)), (.key, .text(let text)):
            guard text.unicodeScalars.count <= field.maxLength ?? .max else { throw problem(field) }
            content = Array(text.utf8)
        case (.bytes, .bytes(let data)):
            guard data.count <= field.maxLength ?? .max else { throw problem(field) }
            content = data
        case (.decimal, .decimal(let number)): content = encodeWire(WireDecimal(number))
        case (.timestamp, .timestamp(let instant)): content = encodeWire(instant.wire)
        case (.record, .record(let record)): content = try encode(record, by: field.fields)
        default: throw problem(field)
        }
        appendTag(field.number, 2, to: &bytes)
        BodyFraming.append(content, to: &bytes)
    }

    private static func scalar(_ value: RecordValue, _ field: FieldSchema) throws(ProtocolError) -> UInt64 {
        switch (field.kind, value) {
        case (.integer, .integer(let number)): zigzag(number)
        case (.boolean, .boolean(let flag)): flag ? 1 : 0
        case (.date, .date(let date)): zigzag(Int64(date.daysSinceEpoch))
        case (.timeOfDay, .timeOfDay(let time)): UInt64(time.secondsSinceMidnight)
        default: throw problem(field)
        }
    }

    private static func zigzag(_ number: Int64) -> UInt64 {
        UInt64(bitPattern: (number << 1) ^ (number >> 63))
    }

    private static func appendTag(_ number: UInt32, _ type: UInt64, to bytes: inout [UInt8]) {
        BodyFraming.appendVarint(UInt64(number) << 3 | type, to: &bytes)
    }

    private static func problem(_ field: FieldSchema) -> ProtocolError {
        .malformed("record: field \(field.name)")
    }
}

extension FieldKind {
    /// Whether a value is one varint.
    var isScalar: Bool {
        switch self {
        case .integer, .boolean, .date, .timeOfDay: true
        case .text, .key, .bytes, .decimal, .timestamp, .record: false
        }
    }
}

extension FieldSchema {
    /// Whether several values stand in one part, as proto3 does with numbers.
    var isPacked: Bool { isList && kind.isScalar }
}

extension WireDecimal {
    /// The one form of a decimal: `large` only where 64 bits do not hold the coefficient.
    init(_ number: ExactDecimal) {
        self.init()
        scale = UInt32(number.scale)
        if let units = number.unscaled64 {
            self.units = units
            return
        }
        var bytes = (0..<16).map { UInt8(truncatingIfNeeded: number.unscaled >> (120 - 8 * $0)) }
        let sign: UInt8 = number.unscaled < 0 ? 255 : 0
        while bytes[0] == sign, bytes[1] & 128 == sign & 128 { bytes.removeFirst() }
        large = .init(bytes)
    }

    /// The number; nil where it is not in its one form.
    var number: ExactDecimal? {
        guard scale <= 18 else { return nil }
        guard !large.isEmpty else { return ExactDecimal(unscaled: Int128(units), scale: Int(scale)) }
        guard units == 0, (9...16).contains(large.count), let first = large.first else { return nil }
        var value: Int128 = first & 128 == 0 ? 0 : -1
        for byte in large { value = value << 8 | Int128(byte) }
        guard let number = ExactDecimal(unscaled: value, scale: Int(scale)),
            Array(WireDecimal(number).large) == Array(large)
        else { return nil }
        return number
    }
}
