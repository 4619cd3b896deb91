import Values

extension Machine {
    mutating func string(_ bytes: some Collection<UInt8>, _ tag: CellTag = .string) -> Cell {
        guard spend(bytes.count / 64) else { return .error(.cost) }
        let offset = text.count
        text.append(contentsOf: bytes)
        return Cell(tag, UInt64(offset) << 32 | UInt64(bytes.count))
    }

    func bytes(of cell: Cell) -> ArraySlice<UInt8> { text[cell.first..<(cell.first + cell.count)] }

    mutating func decimal(_ value: ExactDecimal) -> Cell {
        decimals.append(value)
        return Cell(.decimal, UInt64(decimals.count - 1))
    }

    func decimal(of cell: Cell) -> ExactDecimal { decimals[Int(cell.bits)] }

    mutating func cell(of value: RuleValue) -> Cell {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .uint(let value): .uint(value)
        case .double(let value): .double(value)
        case .string(let value): string(value.utf8)
        case .bytes(let value): string(value, .bytes)
        case .timestamp(let value): .instant(.timestamp, value.seconds, value.nanoseconds)
        case .duration(let seconds, let nanoseconds): .instant(.duration, seconds, nanoseconds)
        case .decimal(let value): decimal(value)
        case .date(let value): Cell(.date, UInt64(bitPattern: Int64(value.daysSinceEpoch)))
        case .type(let name): string(name.utf8, .type)
        case .list(let items): sequence(items, .list, count: items.count)
        case .map(let entries):
            sequence(entries.flatMap { [$0.key, $0.value] }, .map, count: entries.count)
        }
    }

    private mutating func sequence(_ items: [RuleValue], _ tag: CellTag, count: Int) -> Cell {
        let made = items.map { cell(of: $0) }
        let first = cells.count
        cells.append(contentsOf: made)
        return Cell(tag, UInt64(first) << 32 | UInt64(count))
    }

    func value(of cell: Cell) -> RuleValue {
        switch cell.tag {
        case .absent, .null, .error, .record: .null
        case .bool: .bool(cell.bits != 0)
        case .int: .int(cell.int)
        case .uint: .uint(cell.bits)
        case .double: .double(cell.double)
        case .string: .string(String(decoding: bytes(of: cell), as: UTF8.self))
        case .bytes: .bytes(Array(bytes(of: cell)))
        case .timestamp:
            Timestamp(seconds: cell.int, nanoseconds: cell.nanoseconds).map { .timestamp($0) } ?? .null
        case .duration: .duration(seconds: cell.int, nanoseconds: cell.nanoseconds)
        case .decimal: .decimal(decimal(of: cell))
        case .date: LocalDate(daysSinceEpoch: Int(cell.int)).map { .date($0) } ?? .null
        case .type: .type(String(decoding: bytes(of: cell), as: UTF8.self))
        case .list: .list((0..<cell.count).map { value(of: cells[cell.first + $0]) })
        case .map:
            .map(
                (0..<cell.count).map { entry in
                    (value(of: cells[cell.first + 2 * entry]), value(of: cells[cell.first + 2 * entry + 1]))
                })
        }
    }

    // MARK: Equality and order

    /// Values of different kinds are unequal; numbers compare across kinds without rounding.
    ///
    /// What it looks at is paid for: a list may stand in itself many times, and so be longer than memory. Where the
    /// price runs out the answer means nothing, and whoever asked must look at ``isSpent``.
    mutating func equal(_ left: Cell, _ right: Cell) -> Bool {
        switch (left.tag, right.tag) {
        case (.null, .null): return true
        case (.bool, .bool), (.date, .date): return left.bits == right.bits
        case (.string, .string), (.bytes, .bytes), (.type, .type):
            guard left.count == right.count, spend(left.count / 64) else { return false }
            return bytes(of: left) == bytes(of: right)
        case (.timestamp, .timestamp), (.duration, .duration):
            return left.bits == right.bits && left.extra == right.extra
        case (.list, .list):
            guard left.count == right.count else { return false }
            for position in 0..<left.count {
                guard spend(1), equal(cells[left.first + position], cells[right.first + position]) else {
                    return false
                }
            }
            return true
        case (.map, .map):
            guard left.count == right.count else { return false }
            for entry in 0..<left.count {
                guard let other = lookUp(cells[left.first + 2 * entry], in: right),
                    equal(cells[left.first + 2 * entry + 1], other)
                else { return false }
            }
            return true
        default: return numberOrder(left, right) == 0
        }
    }

    /// Negative, zero or positive; nil where there is no order (NaN, other kinds).
    mutating func order(_ left: Cell, _ right: Cell) -> Int? {
        switch (left.tag, right.tag) {
        case (.bool, .bool): return Int(left.bits) - Int(right.bits)
        case (.string, .string), (.bytes, .bytes):
            guard spend(min(left.count, right.count) / 64) else { return nil }
            let (a, b) = (bytes(of: left), bytes(of: right))
            return a.lexicographicallyPrecedes(b) ? -1 : a == b ? 0 : 1
        case (.timestamp, .timestamp), (.duration, .duration):
            if left.int != right.int { return left.int < right.int ? -1 : 1 }
            return Int(left.nanoseconds) - Int(right.nanoseconds)
        case (.date, .date): return left.int < right.int ? -1 : left.int == right.int ? 0 : 1
        default: return numberOrder(left, right)
        }
    }

    private func numberOrder(_ left: Cell, _ right: Cell) -> Int? {
        switch (left.tag, right.tag) {
        case (.int, .int): return left.int < right.int ? -1 : left.int == right.int ? 0 : 1
        case (.uint, .uint): return left.bits < right.bits ? -1 : left.bits == right.bits ? 0 : 1
        case (.double, .double):
            if left.double.isNaN || right.double.isNaN { return nil }
            return left.double < right.double ? -1 : left.double == right.double ? 0 : 1
        case (.int, .uint), (.uint, .int):
            guard let a = whole(left), let b = whole(right) else { return nil }
            return a < b ? -1 : a == b ? 0 : 1
        case (.double, .int), (.double, .uint): return whole(right).flatMap { Self.order(left.double, $0) }
        case (.int, .double), (.uint, .double):
            return whole(left).flatMap { Self.order(right.double, $0) }.map { -$0 }
        case (.decimal, .decimal), (.decimal, .int), (.decimal, .uint), (.int, .decimal), (.uint, .decimal):
            guard let a = exact(left), let b = exact(right) else { return nil }
            return a < b ? -1 : a == b ? 0 : 1
        default: return nil
        }
    }

    private func whole(_ cell: Cell) -> Int128? {
        switch cell.tag {
        case .int: Int128(cell.int)
        case .uint: Int128(cell.bits)
        default: nil
        }
    }

    /// The exact decimal of a decimal or a whole number.
    func exact(_ cell: Cell) -> ExactDecimal? {
        switch cell.tag {
        case .decimal: decimal(of: cell)
        case .int: ExactDecimal(cell.int)
        case .uint: ExactDecimal(unsigned: cell.bits)
        default: nil
        }
    }

    private static func order(_ left: Double, _ right: Int128) -> Int? {
        if left.isNaN { return nil }
        if left >= 0x1p64 { return 1 }
        if left < -0x1p63 { return -1 }
        let cut = Int128(left)
        if cut != right { return cut < right ? -1 : 1 }
        let rest = left - left.rounded(.towardZero)
        return rest > 0 ? 1 : rest < 0 ? -1 : 0
    }
}
