internal import Values

/// Runs compiled expressions over cells and arenas of its own, which it uses again and again.
///
/// The arenas hold the constants of a pool, behind them the event, and behind that what an evaluation makes; each
/// part is cut off when it is not needed any more. One machine belongs to one thread. Errors are cells, never thrown
/// while a rule runs.
package struct Machine {
    var cells: [Cell] = []
    var text: [UInt8] = []
    var decimals: [ExactDecimal] = []
    var patterns: [[UInt8]: Pattern] = [:]
    private var pool: ConstantPool?
    private var registers: [Cell] = []
    /// `e`, `event` and `now`, or the bindings of an expression, in the order that the program names them.
    private var variables: [Cell] = []
    private var eventEnd = (cells: 0, text: 0, decimals: 0)
    private var cost = Int.max

    /// Turns of loops and pieces of work that one evaluation may take.
    package var costLimit = 100_000

    /// A machine with empty arenas.
    package init() {}

    /// Evaluates with variables by name; one that the expression reads and that is not given is an error.
    package mutating func evaluate(
        _ expression: CompiledExpression, _ bindings: [String: RuleValue] = [:],
    ) -> Result<RuleValue, EvaluationError> {
        use(expression.pool)
        cost = costLimit
        variables.removeAll(keepingCapacity: true)
        for name in expression.variables {
            variables.append(bindings[name].map { cell(of: $0) } ?? .error(.unknownName))
        }
        let result = run(expression)
        return result.isError ? .failure(result.evaluationError) : .success(value(of: result))
    }

    /// Takes an event in for the conditions of one pool; the event before it is forgotten.
    mutating func load(
        _ pool: ConstantPool, _ body: (inout Machine) throws(EventDecodingError) -> [Cell],
    ) throws(EventDecodingError) {
        use(pool)
        cost = .max
        variables = try body(&self)
        eventEnd = (cells.count, text.count, decimals.count)
    }

    /// Evaluates a condition on the event that was taken in.
    mutating func condition(_ expression: CompiledExpression) -> ConditionResult {
        cut(eventEnd)
        cost = costLimit
        let result = run(expression)
        if let truth = result.truth { return truth ? .yes : .no }
        let at = Int(result.extra)
        let place =
            at > 0 && at <= expression.places.count
            ? expression.places[at - 1] : SourcePlace(line: 1, column: 1)
        return .failed(result.isError ? result.evaluationError : .noSuchOverload, place)
    }

    /// Cuts the arenas back to the constants of `pool`.
    private mutating func use(_ pool: ConstantPool) {
        if self.pool === pool {
            cut((pool.cells.count, pool.text.count, pool.decimals.count))
            return
        }
        self.pool = pool
        cells = pool.cells
        text = pool.text
        decimals = pool.decimals
    }

    private mutating func cut(_ end: (cells: Int, text: Int, decimals: Int)) {
        if cells.count > end.cells { cells.removeLast(cells.count - end.cells) }
        if text.count > end.text { text.removeLast(text.count - end.text) }
        if decimals.count > end.decimals { decimals.removeLast(decimals.count - end.decimals) }
    }

    /// Takes from what the evaluation may cost; false when it is used up.
    mutating func spend(_ amount: Int) -> Bool {
        cost -= amount
        return cost >= 0
    }

    /// Whether the evaluation has cost more than it may: what it found since means nothing.
    var isSpent: Bool { cost < 0 }

    /// Runs a program over the registers, which are lent out meanwhile so that nothing else can look at them.
    private mutating func run(_ program: borrowing CompiledExpression) -> Cell {
        var registers: [Cell] = []
        swap(&registers, &self.registers)
        while registers.count < program.registerCount { registers.append(.null) }
        let result = run(program, &registers)
        swap(&registers, &self.registers)
        return result
    }

    private mutating func run(_ program: borrowing CompiledExpression, _ memory: inout [Cell]) -> Cell {
        let pool = program.pool
        let constants = pool.constants
        let code = program.code.span
        var registers = memory.mutableSpan
        var at = 0
        while at < code.count {
            let step = code[at]
            let destination = Int(step.destination)
            let first = Int(step.first)
            at += 1
            let value: Cell
            switch step.operation {
            case .constant: value = constants[Int(step.immediate)]
            case .variable: value = variables[Int(step.immediate)]
            case .move: value = registers[first]
            case .fail: value = Cell(.error, UInt64(step.immediate))
            case .field: value = field(registers[first], Int(step.immediate), .error(.absent))
            case .optionalField: value = field(registers[first], Int(step.immediate), Cell(.absent))
            case .hasField: value = hasField(registers[first], Int(step.immediate))
            case .select: value = select(registers[first], constants[Int(step.immediate)])
            case .has: value = has(registers[first], constants[Int(step.immediate)])
            case .match: value = match(registers[first], pool.patterns[Int(step.immediate)])
            case .call:
                let count = Int(step.second)
                value = call(
                    step.function, registers[first], count > 1 ? registers[first + 1] : .null,
                    count > 2 ? registers[first + 2] : .null, count)
            case .list, .map:
                var items: [Cell] = []
                for register in first..<(first + Int(step.second)) { items.append(registers[register]) }
                value = step.operation == .list ? list(items[...]) : map(items)
            case .jump:
                at = Int(step.immediate)
                continue
            case .jumpIfFalse:
                if registers[first].truth == false { at = Int(step.immediate) }
                continue
            case .jumpIfTrue:
                if registers[first].truth == true { at = Int(step.immediate) }
                continue
            case .jumpIfError:
                if registers[first].isError { at = Int(step.immediate) }
                continue
            case .and: value = both(registers[first], registers[Int(step.second)], decided: false)
            case .or: value = both(registers[first], registers[Int(step.second)], decided: true)
            case .requireBool:
                let operand = registers[first]
                value = operand.tag == .bool || operand.isError ? operand : .error(.noSuchOverload)
            case .range: value = range(registers[first])
            case .next:
                let counter = Int(registers[Int(step.second)].int)
                let range = registers[first]
                guard counter < range.count else {
                    at = Int(step.immediate)
                    continue
                }
                guard spend(1) else { return Cell.error(.cost).stamped(at) }
                value = cells[range.first + counter]
                registers[Int(step.second)] = .int(Int64(counter + 1))
            case .append:
                guard spend(1) else { return Cell.error(.cost).stamped(at) }
                value = appended(registers[destination], registers[first])
            case .increment: value = .int(registers[destination].int + 1)
            case .finish: return registers[first]
            }
            // An error remembers the instruction that it came from, for those who ask where.
            registers[destination] = value.isError ? value.stamped(at) : value
        }
        return .error(.noSuchOverload)
    }

    /// The first error among the arguments is the result.
    private mutating func call(
        _ function: Function, _ one: Cell, _ two: Cell, _ three: Cell, _ count: Int,
    ) -> Cell {
        if one.isError { return one }
        if two.isError { return two }
        if three.isError { return three }
        let result = apply(function, one, two, three, count)
        return isSpent ? .error(.cost) : result
    }

    // MARK: Records

    private func field(_ record: Cell, _ slot: Int, _ absent: Cell) -> Cell {
        guard record.tag == .record else { return record.isError ? record : absent }
        let value = cells[record.first + slot]
        return value.tag == .absent ? absent : value
    }

    /// A list is there when it has something in it: the wire knows no empty list.
    private func hasField(_ record: Cell, _ slot: Int) -> Cell {
        guard record.tag == .record else { return record.isError ? record : .no }
        let value = cells[record.first + slot]
        return .bool(value.tag == .list ? value.count > 0 : value.tag != .absent)
    }

    /// `&&` and `||`: a side that decides forgives the other's error (CEL specification, "Logical Operators").
    private func both(_ left: Cell, _ right: Cell, decided: Bool) -> Cell {
        if left.truth == decided || right.truth == decided { return .bool(decided) }
        if left.truth != nil, right.truth != nil { return .bool(!decided) }
        return [left, right].first(where: \.isError) ?? .error(.noSuchOverload)
    }

    // MARK: Lists and maps

    mutating func list(_ items: ArraySlice<Cell>) -> Cell {
        if let error = items.first(where: \.isError) { return error }
        guard spend(items.count) else { return .error(.cost) }
        let first = cells.count
        cells.append(contentsOf: items)
        return Cell(.list, UInt64(first) << 32 | UInt64(items.count))
    }

    /// Lists grow in place while nothing was built behind them.
    private mutating func appended(_ list: Cell, _ item: Cell) -> Cell {
        var first = list.first
        if first + list.count != cells.count {
            guard spend(list.count) else { return .error(.cost) }
            first = cells.count
            cells.append(contentsOf: Array(cells[list.first..<(list.first + list.count)]))
        }
        cells.append(item)
        return Cell(.list, UInt64(first) << 32 | UInt64(list.count + 1))
    }

    private mutating func map(_ items: [Cell]) -> Cell {
        if let error = items.first(where: \.isError) { return error }
        guard spend(items.count) else { return .error(.cost) }
        var keys: [Cell] = []
        for key in stride(from: 0, to: items.count, by: 2).map({ items[$0] }) {
            guard [.bool, .int, .uint, .string].contains(key.tag) else { return .error(.unsupportedKey) }
            if keys.contains(where: { equal($0, key) }) { return .error(.repeatedKey) }
            keys.append(key)
        }
        let first = cells.count
        cells.append(contentsOf: items)
        return Cell(.map, UInt64(first) << 32 | UInt64(items.count / 2))
    }

    private mutating func range(_ value: Cell) -> Cell {
        switch value.tag {
        case .list, .error: return value
        case .map:
            let keys = (0..<value.count).map { cells[value.first + 2 * $0] }
            return list(keys[...])
        default: return .error(.noSuchOverload)
        }
    }

    mutating func lookUp(_ key: Cell, in map: Cell) -> Cell? {
        for entry in 0..<map.count {
            guard spend(1) else { return nil }
            if equal(cells[map.first + 2 * entry], key) { return cells[map.first + 2 * entry + 1] }
        }
        return nil
    }

    private mutating func select(_ operand: Cell, _ field: Cell) -> Cell {
        if operand.isError { return operand }
        guard operand.tag == .map else { return .error(.noSuchOverload) }
        return lookUp(field, in: operand) ?? .error(isSpent ? .cost : .noSuchKey)
    }

    private mutating func has(_ operand: Cell, _ field: Cell) -> Cell {
        if operand.isError { return operand }
        guard operand.tag == .map else { return .error(.noSuchOverload) }
        let isThere = lookUp(field, in: operand) != nil
        return isSpent ? .error(.cost) : .bool(isThere)
    }
}
