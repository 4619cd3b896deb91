import Values

extension Machine {
    mutating func converted(_ value: Cell, by function: Function) -> Cell {
        switch function {
        case .dyn: return value
        case .type: return string(Self.typeName(value.tag).utf8, .type)
        case .int: return toInt(value)
        case .uint: return toUint(value)
        case .double: return toDouble(value)
        case .string: return toText(value)
        case .bytes:
            return value.tag == .string || value.tag == .bytes
                ? Cell(.bytes, value.bits) : .error(.noSuchOverload)
        case .bool: return toBool(value)
        case .timestamp: return toTimestamp(value)
        case .duration:
            if value.tag == .duration { return value }
            guard value.tag == .string else { return .error(.noSuchOverload) }
            return Self.parseDuration(plain(value)).map { duration($0) } ?? .error(.conversion)
        case .decimal: return toDecimal(value)
        default:
            if value.tag == .date { return value }
            if value.tag == .timestamp { return date(value, zone: nil) }
            guard value.tag == .string, let date = LocalDate(parsing: plain(value)) else {
                return .error(.conversion)
            }
            return Cell(.date, UInt64(bitPattern: Int64(date.daysSinceEpoch)))
        }
    }

    private func plain(_ cell: Cell) -> String { String(decoding: bytes(of: cell), as: UTF8.self) }

    static func typeName(_ tag: CellTag) -> String {
        switch tag {
        case .null, .absent: "null_type"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .error: "error"
        default: "\(tag)"
        }
    }

    private func toInt(_ value: Cell) -> Cell {
        switch value.tag {
        case .int: return value
        case .uint: return Int64(exactly: value.bits).map { .int($0) } ?? .error(.overflow)
        case .double:
            // Both ends excluded: the doubles there stand for more whole numbers than one.
            guard value.double > -0x1p63, value.double < 0x1p63 else { return .error(.overflow) }
            return .int(Int64(value.double))
        case .string: return Int64(plain(value)).map { .int($0) } ?? .error(.conversion)
        case .timestamp: return .int(value.int)
        default: return .error(.noSuchOverload)
        }
    }

    private func toUint(_ value: Cell) -> Cell {
        switch value.tag {
        case .uint: return value
        case .int: return value.int >= 0 ? .uint(UInt64(value.int)) : .error(.overflow)
        case .double:
            guard value.double >= 0, value.double < 0x1p64 else { return .error(.overflow) }
            return .uint(UInt64(value.double))
        case .string: return UInt64(plain(value)).map { .uint($0) } ?? .error(.conversion)
        default: return .error(.noSuchOverload)
        }
    }

    private func toDouble(_ value: Cell) -> Cell {
        switch value.tag {
        case .double: value
        case .int: .double(Double(value.int))
        case .uint: .double(Double(value.bits))
        case .string: Double(plain(value)).map { .double($0) } ?? .error(.conversion)
        default: .error(.noSuchOverload)
        }
    }

    private mutating func toText(_ value: Cell) -> Cell {
        switch value.tag {
        case .string: return value
        case .int: return string(String(value.int).utf8)
        case .uint: return string(String(value.bits).utf8)
        case .bool: return string(value.bits != 0 ? "true".utf8 : "false".utf8)
        case .double: return string(Self.text(of: value.double).utf8)
        case .bytes:
            guard let text = String(validating: bytes(of: value), as: UTF8.self) else {
                return .error(.conversion)
            }
            return string(text.utf8)
        case .timestamp:
            guard let timestamp = Timestamp(seconds: value.int, nanoseconds: value.nanoseconds) else {
                return .error(.conversion)
            }
            return string(timestamp.description.utf8)
        case .duration: return string(Self.text(ofDuration: nanoseconds(of: value)).utf8)
        case .decimal: return string(decimal(of: value).description.utf8)
        case .date: return string((LocalDate(daysSinceEpoch: Int(value.int))?.description ?? "").utf8)
        default: return .error(.noSuchOverload)
        }
    }

    /// The shortest text that reads back as the same number, without a ".0".
    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private func toBool(_ value: Cell) -> Cell {
        if value.tag == .bool { return value }
        guard value.tag == .string else { return .error(.noSuchOverload) }
        switch plain(value) {
        case "1", "t", "T", "true", "TRUE", "True": return .yes
        case "0", "f", "F", "false", "FALSE", "False": return .no
        default: return .error(.conversion)
        }
    }

    private func toTimestamp(_ value: Cell) -> Cell {
        switch value.tag {
        case .timestamp: return value
        case .int: return timestamp(Int128(value.int) * 1_000_000_000)
        case .date: return timestamp(Int128(value.int) * 86_400_000_000_000)
        case .string:
            guard let parsed = Timestamp(parsing: plain(value)) else { return .error(.conversion) }
            return .instant(.timestamp, parsed.seconds, parsed.nanoseconds)
        default: return .error(.noSuchOverload)
        }
    }

    private mutating func toDecimal(_ value: Cell) -> Cell {
        if let exact = exact(value) { return decimal(exact) }
        let text: String
        switch value.tag {
        case .string: text = plain(value)
        // By the shortest text, never by the bits: 1.15 is 1.15 (facts/rules.md section 5).
        case .double: text = Self.text(of: value.double)
        default: return .error(.noSuchOverload)
        }
        guard let parsed = try? ExactDecimal(parsing: text) else { return .error(.conversion) }
        return decimal(parsed)
    }
}
