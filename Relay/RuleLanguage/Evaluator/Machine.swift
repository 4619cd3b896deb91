import Values

/// Runs compiled expressions over cells and arenas of its own, which it uses again and again.
///
/// One machine belongs to one thread. Errors are cells, never thrown while a rule runs.
package struct Machine {
    var cells: [Cell] = []
    var text: [UInt8] = []
    var decimals: [ExactDecimal] = []
    var patterns: [[UInt8]: Pattern] = [:]
    private var registers: [Cell] = []
    private var cost = 0

    /// Turns of loops and pieces of work that one evaluation may take.
    package var costLimit = 100_000

    /// A machine with empty arenas.
    package init() {}

    /// Evaluates with variables by name; one that the expression reads and that is not given is an error.
    package mutating func evaluate(
        _ expression: CompiledExpression, _ bindings: [String: RuleValue] = [:],
    ) -> Result<RuleValue, EvaluationError> {
        reset()
        let variables = expression.variables.map { name in
            bindings[name].map { cell(of: $0) } ?? .error(.unknownName)
        }
        let constants = expression.constants.map { cell(of: $0) }
        let result = run(expression, constants: constants, variables: variables)
        if result.isError {
            return .failure(EvaluationError(rawValue: UInt8(truncatingIfNeeded: result.bits)) ?? .cost)
        }
        return .success(value(of: result))
    }

    private mutating func reset() {
        cells.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        decimals.removeAll(keepingCapacity: true)
        cost = costLimit
    }

    /// Takes from what the evaluation may cost; false when it is used up.
    mutating func spend(_ amount: Int) -> Bool {
        cost -= amount
        return cost >= 0
    }

    private mutating func run(_ program: CompiledExpression, constants: [Cell], variables: [Cell]) -> Cell {
        registers = [Cell](repeating: .null, count: program.registerCount)
        var at = 0
        while at < program.code.count {
            let step = program.code[at]
            let destination = Int(step.destination)
            let first = Int(step.first)
            at += 1
            switch step.operation {
            case .constant: registers[destination] = constants[Int(step.immediate)]
            case .variable: registers[destination] = variables[Int(step.immediate)]
            case .move: registers[destination] = registers[first]
            case .fail: registers[destination] = Cell(.error, UInt64(step.immediate))
            case .select: registers[destination] = select(registers[first], constants[Int(step.immediate)])
            case .has: registers[destination] = has(registers[first], constants[Int(step.immediate)])
            case .call:
                let arguments = registers[first..<(first + Int(step.second))]
                guard let function = Function(rawValue: step.immediate) else {
                    return .error(.noSuchOverload)
                }
                registers[destination] = arguments.first(where: \.isError) ?? call(function, Array(arguments))
            case .list: registers[destination] = list(registers[first..<(first + Int(step.second))])
            case .map: registers[destination] = map(Array(registers[first..<(first + Int(step.second))]))
            case .jump: at = Int(step.immediate)
            case .jumpIfFalse: if registers[first].truth == false { at = Int(step.immediate) }
            case .jumpIfTrue: if registers[first].truth == true { at = Int(step.immediate) }
            case .jumpIfError: if registers[first].isError { at = Int(step.immediate) }
            case .and:
                registers[destination] = both(registers[first], registers[Int(step.second)], decided: false)
            case .or:
                registers[destination] = both(registers[first], registers[Int(step.second)], decided: true)
            case .requireBool:
                let value = registers[first]
                registers[destination] = value.tag == .bool || value.isError ? value : .error(.noSuchOverload)
            case .range: registers[destination] = range(registers[first])
            case .next:
                let counter = Int(registers[Int(step.second)].int)
                let range = registers[first]
                guard counter < range.count else {
                    at = Int(step.immediate)
                    continue
                }
                guard spend(1) else { return .error(.cost) }
                registers[destination] = cells[range.first + counter]
                registers[Int(step.second)] = .int(Int64(counter + 1))
            case .append:
                guard spend(1) else { return .error(.cost) }
                registers[destination] = appended(registers[destination], registers[first])
            case .increment: registers[destination] = .int(registers[destination].int + 1)
            case .finish: return registers[first]
            }
        }
        return .error(.noSuchOverload)
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

    func lookUp(_ key: Cell, in map: Cell) -> Cell? {
        for entry in 0..<map.count where equal(cells[map.first + 2 * entry], key) {
            return cells[map.first + 2 * entry + 1]
        }
        return nil
    }

    private func select(_ operand: Cell, _ field: Cell) -> Cell {
        if operand.isError { return operand }
        guard operand.tag == .map else { return .error(.noSuchOverload) }
        return lookUp(field, in: operand) ?? .error(.noSuchKey)
    }

    private func has(_ operand: Cell, _ field: Cell) -> Cell {
        if operand.isError { return operand }
        guard operand.tag == .map else { return .error(.noSuchOverload) }
        return .bool(lookUp(field, in: operand) != nil)
    }
}
