import Values

extension Machine {
    /// Applies a function to values that are no errors; those beyond `count` stand for nothing.
    mutating func apply(
        _ function: Function, _ first: Cell, _ second: Cell, _ third: Cell, _ count: Int,
    ) -> Cell {
        switch function {
        case .equal: return .bool(equal(first, second))
        case .notEqual: return .bool(!equal(first, second))
        case .less: return ordered(first, second) { $0 < 0 }
        case .lessOrEqual: return ordered(first, second) { $0 <= 0 }
        case .greater: return ordered(first, second) { $0 > 0 }
        case .greaterOrEqual: return ordered(first, second) { $0 >= 0 }
        case .not: return first.truth.map { .bool(!$0) } ?? .error(.noSuchOverload)
        case .negate: return negated(first)
        case .add, .subtract, .multiply, .divide, .modulo: return arithmetic(function, first, second)
        case .contained: return contained(first, in: second)
        case .index: return element(second, of: first)
        case .size: return size(of: first)
        case .contains, .startsWith, .endsWith: return search(function, first, second)
        case .matches: return matches(first, second)
        case .date where count == 2: return date(first, zone: second)
        case .int, .uint, .double, .string, .bytes, .bool, .type, .dyn, .timestamp, .duration, .decimal,
            .date:
            return converted(first, by: function)
        case .div: return divided(first, second, scale: third)
        case .round, .floor: return rounded(first, second, function == .floor ? .floor : .halfUp)
        case .abs: return absolute(first)
        case .days: return days(first)
        case .key: return key(first)
        default: return component(function, of: first, zone: count > 1 ? second : nil)
        }
    }

    private mutating func ordered(_ left: Cell, _ right: Cell, _ test: (Int) -> Bool) -> Cell {
        if let order = order(left, right) { return .bool(test(order)) }
        let numbers: [CellTag] = [.int, .uint, .double]
        // NaN has no order to any number.
        return numbers.contains(left.tag) && numbers.contains(right.tag) ? .no : .error(.noSuchOverload)
    }

    private mutating func contained(_ value: Cell, in container: Cell) -> Cell {
        switch container.tag {
        case .list:
            // As much as one turn of a loop for 256 elements.
            guard spend(container.count / 256) else { return .error(.cost) }
            for position in container.first..<(container.first + container.count)
            where equal(cells[position], value) { return .yes }
            return .no
        case .map: return .bool(lookUp(value, in: container) != nil)
        default: return .error(.noSuchOverload)
        }
    }

    private mutating func element(_ index: Cell, of container: Cell) -> Cell {
        if container.tag == .map { return lookUp(index, in: container) ?? .error(.noSuchKey) }
        guard container.tag == .list else { return .error(.noSuchOverload) }
        let position: Int
        switch index.tag {
        case .int: position = Int(index.int)
        case .uint: position = Int(exactly: index.bits) ?? .max
        case .double:
            guard let whole = Int(exactly: index.double) else { return .error(.noSuchOverload) }
            position = whole
        default: return .error(.noSuchOverload)
        }
        guard (0..<container.count).contains(position) else { return .error(.indexOutOfRange) }
        return cells[container.first + position]
    }

    private func size(of value: Cell) -> Cell {
        switch value.tag {
        case .string: .int(Int64(bytes(of: value).reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }))
        case .bytes, .list, .map: .int(Int64(value.count))
        default: .error(.noSuchOverload)
        }
    }

    private mutating func search(_ function: Function, _ value: Cell, _ part: Cell) -> Cell {
        guard value.tag == .string, part.tag == .string else { return .error(.noSuchOverload) }
        let (text, piece) = (bytes(of: value), bytes(of: part))
        guard spend(text.count / 64) else { return .error(.cost) }
        switch function {
        case .startsWith: return .bool(text.starts(with: piece))
        case .endsWith: return .bool(text.reversed().starts(with: piece.reversed()))
        default:
            return contains(text, piece)
        }
    }

    private mutating func contains(_ text: ArraySlice<UInt8>, _ piece: ArraySlice<UInt8>) -> Cell {
        guard let head = piece.first else { return .yes }
        var from = text.startIndex
        while let found = text[from...].firstIndex(of: head), text.endIndex - found >= piece.count {
            var length = 1
            while length < piece.count, text[found + length] == piece[piece.startIndex + length] {
                length += 1
            }
            if length == piece.count { return .yes }
            // Long beginnings that come again and again make the search quadratic; they are paid for.
            guard spend(length / 64) else { return .error(.cost) }
            from = found + 1
        }
        return .no
    }

    private mutating func matches(_ value: Cell, _ pattern: Cell) -> Cell {
        guard value.tag == .string, pattern.tag == .string else { return .error(.noSuchOverload) }
        let source = Array(bytes(of: pattern))
        if patterns[source] == nil {
            // A bound, so that patterns made of data cannot fill the memory.
            if patterns.count >= 1_000 { patterns.removeAll() }
            // To make a pattern costs as much as hundreds of turns of a loop.
            guard spend(200 + source.count) else { return .error(.cost) }
            patterns[source] = try? Pattern(source)
        }
        guard let compiled = patterns[source] else { return .error(.badPattern) }
        return match(value, compiled)
    }

    mutating func match(_ value: Cell, _ pattern: Pattern) -> Cell {
        guard value.tag == .string else { return value.isError ? value : .error(.noSuchOverload) }
        guard spend(value.count / 64) else { return .error(.cost) }
        return .bool(pattern.isFound(in: bytes(of: value)))
    }

    // MARK: Arithmetic

    private mutating func negated(_ value: Cell) -> Cell {
        switch value.tag {
        case .int:
            let (result, overflow) = Int64(0).subtractingReportingOverflow(value.int)
            return overflow ? .error(.overflow) : .int(result)
        case .double: return .double(-value.double)
        case .decimal: return decimal(decimal(of: value).negated)
        case .duration: return duration(Int128(0) - nanoseconds(of: value))
        default: return .error(.noSuchOverload)
        }
    }

    private mutating func arithmetic(_ function: Function, _ left: Cell, _ right: Cell) -> Cell {
        switch (left.tag, right.tag) {
        case (.int, .int):
            return whole(function, left.int, right.int).map { .int($0) } ?? failure(function, right)
        case (.uint, .uint):
            return whole(function, left.bits, right.bits).map { .uint($0) } ?? failure(function, right)
        case (.double, .double): return real(function, left.double, right.double)
        case (.decimal, .decimal), (.decimal, .int), (.int, .decimal), (.decimal, .uint), (.uint, .decimal):
            return exactArithmetic(function, left, right)
        case (.string, .string) where function == .add, (.bytes, .bytes) where function == .add:
            return string(Array(bytes(of: left)) + Array(bytes(of: right)), left.tag)
        case (.list, .list) where function == .add:
            let items =
                cells[left.first..<(left.first + left.count)]
                + cells[right.first..<(right.first + right.count)]
            return list(ArraySlice(items))
        default: return instantArithmetic(function, left, right)
        }
    }

    private func whole<Number: FixedWidthInteger>(_ function: Function, _ a: Number, _ b: Number) -> Number? {
        let result: (partialValue: Number, overflow: Bool)
        switch function {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide: result = a.dividedReportingOverflow(by: b)
        default: result = a.remainderReportingOverflow(dividingBy: b)
        }
        return result.overflow ? nil : result.partialValue
    }

    private func failure(_ function: Function, _ divisor: Cell) -> Cell {
        (function == .divide || function == .modulo) && divisor.bits == 0
            ? .error(.divideByZero) : .error(.overflow)
    }

    private func real(_ function: Function, _ a: Double, _ b: Double) -> Cell {
        switch function {
        case .add: .double(a + b)
        case .subtract: .double(a - b)
        case .multiply: .double(a * b)
        case .divide: .double(a / b)
        default: .error(.noSuchOverload)
        }
    }

    private mutating func exactArithmetic(_ function: Function, _ left: Cell, _ right: Cell) -> Cell {
        guard let a = exact(left), let b = exact(right) else { return .error(.noSuchOverload) }
        do {
            switch function {
            case .add: return decimal(try a.adding(b))
            case .subtract: return decimal(try a.subtracting(b))
            case .multiply: return decimal(try a.multiplied(by: b))
            default: return .error(.noSuchOverload)
            }
        } catch {
            return .error(.overflow)
        }
    }

    private func instantArithmetic(_ function: Function, _ left: Cell, _ right: Cell) -> Cell {
        if left.tag == .date || right.tag == .date { return dateArithmetic(function, left, right) }
        let (a, b) = (nanoseconds(of: left), nanoseconds(of: right))
        switch (left.tag, function, right.tag) {
        case (.duration, .add, .duration): return duration(a + b)
        case (.duration, .subtract, .duration), (.timestamp, .subtract, .timestamp): return duration(a - b)
        case (.timestamp, .add, .duration), (.duration, .add, .timestamp): return timestamp(a + b)
        case (.timestamp, .subtract, .duration): return timestamp(a - b)
        default: return .error(.noSuchOverload)
        }
    }
}
