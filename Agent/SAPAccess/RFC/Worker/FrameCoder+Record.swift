// Values, records and descriptions on the pipe.

extension FrameWriter {
    private enum Kind {
        static let text: UInt8 = 0
        static let integer: UInt8 = 1
        static let bytes: UInt8 = 2
        static let record: UInt8 = 3
        static let table: UInt8 = 4
        static let unreadable: UInt8 = 5
        static let absent: UInt8 = 6
    }

    mutating func put(_ record: RFCRecord) {
        put(count: record.fields.count)
        for (name, value) in record.fields {
            put(name)
            put(value)
        }
    }

    private mutating func put(_ value: RFCValue) {
        switch value {
        case .text(let text):
            put(Kind.text)
            put(text)
        case .integer(let number):
            put(Kind.integer)
            put(number)
        case .bytes(let bytes):
            put(Kind.bytes)
            put(bytes)
        case .record(let record):
            put(Kind.record)
            put(record)
        case .table(let rows):
            put(Kind.table)
            put(rows)
        case .unreadable(let code):
            put(Kind.unreadable)
            put(code)
        }
    }

    /// Field names once, then the values row by row: BAPI tables are wide, and their rows all alike.
    private mutating func put(_ rows: [RFCRecord]) {
        var names: [String] = rows.first.map { Array($0.fields.keys) } ?? []
        var known = Set(names)
        for row in rows.dropFirst() where row.fields.count != names.count || known != Set(row.fields.keys) {
            names += row.fields.keys.filter { known.insert($0).inserted }
        }
        put(names)
        put(count: rows.count)
        for row in rows {
            for name in names {
                if let value = row[name] { put(value) } else { put(Kind.absent) }
            }
        }
    }

    mutating func put(_ description: RFCFunctionDescription) {
        put(description.name)
        put(count: description.parameters.count)
        for parameter in description.parameters {
            put(parameter.direction.rawValue)
            put(parameter.isOptional)
            put(parameter.field)
        }
    }

    private mutating func put(_ field: RFCFieldDescription) {
        put(field.name)
        put(field.type.rawValue)
        put(Int32(truncatingIfNeeded: field.length))
        put(Int32(truncatingIfNeeded: field.decimals))
        put(count: field.fields.count)
        for inner in field.fields { put(inner) }
    }
}

extension FrameReader {
    /// Deeper than any structure that SAP's interfaces nest.
    private static let depthLimit = 16

    mutating func takeRecord(depth: Int = 0) throws(FrameError) -> RFCRecord {
        guard depth < Self.depthLimit else { throw .malformed }
        var fields: [String: RFCValue] = [:]
        for _ in 0..<(try takeCount(of: 5)) {
            let name = try takeText()
            guard let value = try takeValue(depth: depth + 1) else { throw .malformed }
            fields[name] = value
        }
        return RFCRecord(fields)
    }

    /// Nil for a field that a row lacks.
    private mutating func takeValue(depth: Int) throws(FrameError) -> RFCValue? {
        switch try takeByte() {
        case 0: .text(try takeText())
        case 1: .integer(try takeLong())
        case 2: .bytes(Array(try takeBytes()))
        case 3: .record(try takeRecord(depth: depth))
        case 4: .table(try takeRows(depth: depth))
        case 5: .unreadable(code: try takeSigned())
        case 6: nil
        default: throw .malformed
        }
    }

    private mutating func takeRows(depth: Int) throws(FrameError) -> [RFCRecord] {
        guard depth < Self.depthLimit else { throw .malformed }
        let names = try takeTexts()
        // A row without fields takes no byte; nobody sends many of them.
        let count = names.isEmpty ? min(Int(try takeNumber()), 4096) : try takeCount(of: names.count)
        var rows: [RFCRecord] = []
        rows.reserveCapacity(count)
        for _ in 0..<count {
            var fields: [String: RFCValue] = [:]
            fields.reserveCapacity(names.count)
            for name in names { fields[name] = try takeValue(depth: depth + 1) }
            rows.append(RFCRecord(fields))
        }
        return rows
    }

    mutating func takeDescription() throws(FrameError) -> RFCFunctionDescription {
        var description = RFCFunctionDescription(name: try takeText(), parameters: [])
        for _ in 0..<(try takeCount(of: 5)) {
            guard let direction = RFCDirection(rawValue: try takeSigned()) else { throw .malformed }
            let isOptional = try takeTruth()
            description.parameters.append(
                RFCParameterDescription(
                    direction: direction, field: try takeField(depth: 0), isOptional: isOptional))
        }
        return description
    }

    private mutating func takeField(depth: Int) throws(FrameError) -> RFCFieldDescription {
        guard depth < Self.depthLimit else { throw .malformed }
        let name = try takeText()
        let type = RFCType(rawValue: try takeSigned())
        var field = RFCFieldDescription(
            name: name, type: type, length: Int(try takeSigned()), decimals: Int(try takeSigned()))
        for _ in 0..<(try takeCount(of: 20)) { field.fields.append(try takeField(depth: depth + 1)) }
        return field
    }
}
