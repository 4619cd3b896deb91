internal import Values

/// Reads records from protobuf wire format; fields that the schema does not know are skipped.
package enum RecordDecoder {
    /// The record of these bytes by a schema's fields, which stand by ascending number.
    /// - Throws: `malformed`, with the field's name, for a value that is not in the form of its kind.
    package static func decode(_ bytes: [UInt8], by fields: [FieldSchema]) throws(ProtocolError) -> Record {
        try decode(bytes[...], by: fields)
    }

    private static func decode(
        _ bytes: ArraySlice<UInt8>, by fields: [FieldSchema],
    ) throws(ProtocolError) -> Record {
        var record = Record()
        // Apart from the record: a list that grew inside it would be copied with each of its values.
        var lists: [UInt32: [RecordValue]] = [:]
        var reader = WireReader(bytes)
        while !reader.isAtEnd {
            let (number, type) = try reader.tag()
            guard let field = field(number, of: fields) else {
                try reader.skip(type)
                continue
            }
            let value: RecordValue
            switch type {
            case 0 where field.kind.isScalar: value = try scalar(try reader.varint(), field)
            case 2 where field.isPacked:
                try append(packed: try reader.part(), field, to: &lists[number, default: []])
                continue
            case 2 where !field.kind.isScalar: value = try self.value(try reader.part(), field)
            default: throw problem(field)
            }
            if field.isList {
                lists[number, default: []].append(value)
            } else {
                record[number] = value
            }
        }
        for (number, values) in lists { record[number] = .list(values) }
        return record
    }

    /// Found by halving: a schema may have thousands of fields, and a record as many tags.
    private static func field(_ number: UInt32, of fields: [FieldSchema]) -> FieldSchema? {
        var range = fields.indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if fields[middle].number == number { return fields[middle] }
            range =
                fields[middle].number < number
                ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    private static func append(
        packed part: ArraySlice<UInt8>, _ field: FieldSchema, to values: inout [RecordValue],
    ) throws(ProtocolError) {
        var reader = WireReader(part)
        while !reader.isAtEnd { values.append(try scalar(try reader.varint(), field)) }
    }

    private static func scalar(_ raw: UInt64, _ field: FieldSchema) throws(ProtocolError) -> RecordValue {
        let signed = Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
        switch field.kind {
        case .integer: return .integer(signed)
        case .boolean where raw <= 1: return .boolean(raw == 1)
        case .date:
            if let date = LocalDate(daysSinceEpoch: Int(signed)) { return .date(date) }
        case .timeOfDay:
            if raw <= 86_400, let time = TimeOfDay(secondsSinceMidnight: Int(raw)) { return .timeOfDay(time) }
        default: break
        }
        throw problem(field)
    }

    private static func value(
        _ part: ArraySlice<UInt8>, _ field: FieldSchema,
    ) throws(ProtocolError) -> RecordValue {
        switch field.kind {
        case .text, .key:
            guard let text = String(validating: part, as: UTF8.self) else { throw problem(field) }
            return .text(text)
        case .bytes: return .bytes(Array(part))
        case .decimal:
            let wire: WireDecimal = try decodeWire(Array(part), "record: field \(field.name)")
            guard let number = wire.number else { throw problem(field) }
            return .decimal(number)
        case .timestamp:
            let wire: WireTimestamp = try decodeWire(Array(part), "record: field \(field.name)")
            return .timestamp(try Timestamp(wire: wire, "record: field \(field.name)"))
        case .record: return .record(try decode(part, by: field.fields))
        case .integer, .boolean, .date, .timeOfDay: throw problem(field)
        }
    }

    private static func problem(_ field: FieldSchema) -> ProtocolError {
        .malformed("record: field \(field.name)")
    }
}

/// Reads tags, varints and parts of protobuf's wire format.
struct WireReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func tag() throws(ProtocolError) -> (number: UInt32, type: Int) {
        let raw = try varint()
        guard let number = UInt32(exactly: raw >> 3), number > 0 else { throw .malformed("record") }
        return (number, Int(raw & 7))
    }

    mutating func varint() throws(ProtocolError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.endIndex, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 127) << shift
            if byte < 128 { return value }
            shift += 7
        }
        throw .malformed("record")
    }

    mutating func part() throws(ProtocolError) -> ArraySlice<UInt8> {
        let count = try varint()
        guard count <= UInt64(bytes.endIndex - position) else { throw .malformed("record") }
        defer { position += Int(count) }
        return bytes[position..<(position + Int(count))]
    }

    mutating func skip(_ type: Int) throws(ProtocolError) {
        switch type {
        case 0: _ = try varint()
        case 2: _ = try part()
        case 1, 5:
            let count = type == 1 ? 8 : 4
            guard bytes.endIndex - position >= count else { throw .malformed("record") }
            position += count
        default: throw .malformed("record")
        }
    }
}
