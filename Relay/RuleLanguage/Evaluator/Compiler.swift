/// Turns a parsed expression into a flat program over registers.
struct Compiler {
    private let environment: RuleEnvironment
    private var code: [Instruction] = []
    private var constants: [RuleValue] = []
    private var variables: [String] = []
    private var locals: [(name: String, register: UInt16)] = []
    private var nextRegister = 0
    private var registerCount = 0

    private init(_ environment: RuleEnvironment) { self.environment = environment }

    static func compile(
        _ expression: Expression, in environment: RuleEnvironment,
    ) throws(Diagnostic) -> CompiledExpression {
        var compiler = Compiler(environment)
        let result = try compiler.register(expression.place)
        try compiler.emit(expression, to: result)
        compiler.code.append(Instruction(operation: .finish, first: result))
        return CompiledExpression(
            code: compiler.code, constants: compiler.constants, variables: compiler.variables,
            registerCount: compiler.registerCount)
    }

    private mutating func register(_ place: SourcePlace) throws(Diagnostic) -> UInt16 {
        guard nextRegister < 4_000 else {
            throw Diagnostic(place: place, problem: "the expression is too large")
        }
        nextRegister += 1
        registerCount = max(registerCount, nextRegister)
        return UInt16(nextRegister - 1)
    }

    private mutating func constant(_ value: RuleValue) -> UInt32 {
        constants.append(value)
        return UInt32(constants.count - 1)
    }

    private mutating func emit(_ expression: Expression, to destination: UInt16) throws(Diagnostic) {
        let mark = nextRegister
        defer { nextRegister = mark }
        switch expression.kind {
        case .literal(let value):
            code.append(
                Instruction(operation: .constant, destination: destination, immediate: constant(value)))
        case .name(let name, let isRooted):
            try emitName(name, isRooted: isRooted, expression.place, to: destination)
        case .select(let operand, let field):
            if let (name, isRooted) = dotted(expression), let found = resolve(name, isRooted: isRooted) {
                emit(found, to: destination)
                return
            }
            try emit(operand, to: destination)
            code.append(
                Instruction(
                    operation: .select, destination: destination, first: destination,
                    immediate: constant(.string(field))))
        case .has(let operand, let field):
            try emit(operand, to: destination)
            code.append(
                Instruction(
                    operation: .has, destination: destination, first: destination,
                    immediate: constant(.string(field))))
        case .call(let name, let target, let arguments):
            try emitCall(name, target, arguments, expression, to: destination)
        case .list(let items): try emitSequence(items, .list, expression.place, to: destination)
        case .map(let entries):
            try emitSequence(entries.flatMap { [$0.key, $0.value] }, .map, expression.place, to: destination)
        case .and(let parts): try emitLogic(parts, .and, .jumpIfFalse, expression.place, to: destination)
        case .or(let parts): try emitLogic(parts, .or, .jumpIfTrue, expression.place, to: destination)
        case .conditional(let condition, let yes, let no):
            try emit(condition, to: destination)
            code.append(Instruction(operation: .requireBool, destination: destination, first: destination))
            let failed = jump(.jumpIfError, on: destination)
            let toNo = jump(.jumpIfFalse, on: destination)
            try emit(yes, to: destination)
            let toEnd = jump(.jump)
            land(toNo)
            try emit(no, to: destination)
            land(toEnd)
            land(failed)
        case .comprehension(let comprehension):
            try emitComprehension(comprehension, expression.place, to: destination)
        }
    }

    // MARK: Names

    private enum Found { case local(UInt16), variable(String), type(String) }

    private mutating func emit(_ found: Found, to destination: UInt16) {
        switch found {
        case .local(let register):
            code.append(Instruction(operation: .move, destination: destination, first: register))
        case .variable(let name):
            let index = variables.firstIndex(of: name) ?? variables.count
            if index == variables.count { variables.append(name) }
            code.append(Instruction(operation: .variable, destination: destination, immediate: UInt32(index)))
        case .type(let name):
            code.append(
                Instruction(operation: .constant, destination: destination, immediate: constant(.type(name))))
        }
    }

    private mutating func emitName(
        _ name: String, isRooted: Bool, _ place: SourcePlace, to destination: UInt16,
    ) throws(Diagnostic) {
        guard let found = resolve(name, isRooted: isRooted) else {
            try refuse(environment.unknown(name), .unknownName, place, to: destination)
            return
        }
        emit(found, to: destination)
    }

    /// The whole of `a.b.c` where it is names all the way down.
    private func dotted(_ expression: Expression) -> (name: String, isRooted: Bool)? {
        switch expression.kind {
        case .name(let name, let isRooted): return (name, isRooted)
        case .select(let operand, let field):
            guard let (name, isRooted) = dotted(operand) else { return nil }
            return ("\(name).\(field)", isRooted)
        default: return nil
        }
    }

    private func resolve(_ name: String, isRooted: Bool) -> Found? {
        if !isRooted, let local = locals.last(where: { $0.name == name }) { return .local(local.register) }
        let head = name.prefix { $0 != "." }
        if !isRooted, head.count < name.count, locals.contains(where: { $0.name == head }) { return nil }
        for candidate in environment.candidates(for: name, isRooted: isRooted) {
            if environment.variables.contains(candidate) { return .variable(candidate) }
            if RuleEnvironment.typeNames.contains(candidate) { return .type(candidate) }
        }
        return nil
    }

    /// What is not known is refused now, or, in an unchecked environment, an error when it is reached.
    private mutating func refuse(
        _ problem: String, _ error: EvaluationError, _ place: SourcePlace, to destination: UInt16,
    ) throws(Diagnostic) {
        guard environment.defersUnknownNames else { throw Diagnostic(place: place, problem: problem) }
        code.append(
            Instruction(operation: .fail, destination: destination, immediate: UInt32(error.rawValue)))
    }

    // MARK: Calls

    private mutating func emitCall(
        _ name: String, _ target: Expression?, _ arguments: [Expression], _ expression: Expression,
        to destination: UInt16,
    ) throws(Diagnostic) {
        let all = (target.map { [$0] } ?? []) + arguments
        guard let function = Function.find(name, isMethod: target != nil, count: all.count) else {
            let form = target == nil ? "function" : "method"
            let problem =
                "there is no \(form) \(name) with \(arguments.count) arguments" + Function.hint(for: name)
            try refuse(problem, .noSuchOverload, expression.place, to: destination)
            return
        }
        let start = try emitArguments(all, expression.place)
        code.append(
            Instruction(
                operation: .call, destination: destination, first: start, second: UInt16(all.count),
                immediate: UInt32(function.rawValue)))
    }

    private mutating func emitArguments(_ items: [Expression], _ place: SourcePlace) throws(Diagnostic)
        -> UInt16
    {
        let start = UInt16(nextRegister)
        var registers: [UInt16] = []
        for _ in items { registers.append(try register(place)) }
        for (item, register) in zip(items, registers) { try emit(item, to: register) }
        return start
    }

    private mutating func emitSequence(
        _ items: [Expression], _ operation: Instruction.Operation, _ place: SourcePlace,
        to destination: UInt16,
    ) throws(Diagnostic) {
        let start = try emitArguments(items, place)
        code.append(
            Instruction(
                operation: operation, destination: destination, first: start, second: UInt16(items.count)))
    }

    private mutating func emitLogic(
        _ parts: [Expression], _ operation: Instruction.Operation, _ decided: Instruction.Operation,
        _ place: SourcePlace, to destination: UInt16,
    ) throws(Diagnostic) {
        let other = try register(place)
        var jumps: [Int] = []
        for (index, part) in parts.enumerated() {
            try emit(part, to: index == 0 ? destination : other)
            if index > 0 {
                code.append(
                    Instruction(
                        operation: operation, destination: destination, first: destination, second: other))
            }
            if index < parts.count - 1 { jumps.append(jump(decided, on: destination)) }
        }
        for jump in jumps { land(jump) }
    }

    // MARK: Macros

    private mutating func emitComprehension(
        _ macro: Comprehension, _ place: SourcePlace, to destination: UInt16,
    ) throws(Diagnostic) {
        let range = try register(place)
        let counter = try register(place)
        let element = try register(place)
        let result = try register(place)
        let accumulator = try register(place)
        try emit(macro.range, to: range)
        code.append(Instruction(operation: .range, destination: range, first: range))
        code.append(Instruction(operation: .move, destination: accumulator, first: range))
        let failed = jump(.jumpIfError, on: range)
        let start: RuleValue =
            switch macro.macro {
            case .all: .bool(true)
            case .exists: .bool(false)
            case .existsOne: .int(0)
            case .map, .filter: .list([])
            }
        code.append(Instruction(operation: .constant, destination: accumulator, immediate: constant(start)))
        code.append(Instruction(operation: .constant, destination: counter, immediate: constant(.int(0))))
        locals.append((macro.variable, element))
        defer { locals.removeLast() }
        let top = code.count
        code.append(Instruction(operation: .next, destination: element, first: range, second: counter))
        var exits: [Int] = [top]
        var onError: [Int] = []
        switch macro.macro {
        case .all, .exists:
            if let predicate = macro.predicate { try emit(predicate, to: result) }
            code.append(
                Instruction(
                    operation: macro.macro == .all ? .and : .or, destination: accumulator, first: accumulator,
                    second: result))
            exits.append(jump(macro.macro == .all ? .jumpIfFalse : .jumpIfTrue, on: accumulator))
        case .existsOne, .filter, .map:
            if let predicate = macro.predicate {
                try emit(predicate, to: result)
                code.append(Instruction(operation: .requireBool, destination: result, first: result))
                onError.append(jump(.jumpIfError, on: result))
                code.append(Instruction(operation: .jumpIfFalse, first: result, immediate: UInt32(top)))
            }
            if macro.macro == .existsOne {
                code.append(Instruction(operation: .increment, destination: accumulator))
            } else {
                if let transform = macro.transform {
                    try emit(transform, to: result)
                    onError.append(jump(.jumpIfError, on: result))
                }
                code.append(
                    Instruction(
                        operation: .append, destination: accumulator,
                        first: macro.transform == nil ? element : result))
            }
        }
        code.append(Instruction(operation: .jump, immediate: UInt32(top)))
        for error in onError { land(error) }
        if !onError.isEmpty {
            code.append(Instruction(operation: .move, destination: accumulator, first: result))
        }
        for exit in exits { land(exit) }
        if macro.macro == .existsOne {
            let one = try register(place)
            // The count and the constant stand side by side, as a call wants them.
            code.append(Instruction(operation: .constant, destination: one, immediate: constant(.int(1))))
            code.append(
                Instruction(
                    operation: .call, destination: accumulator, first: accumulator, second: 2,
                    immediate: UInt32(Function.equal.rawValue)))
        }
        land(failed)
        code.append(Instruction(operation: .move, destination: destination, first: accumulator))
    }

    // MARK: Jumps

    private mutating func jump(_ operation: Instruction.Operation, on register: UInt16 = 0) -> Int {
        code.append(Instruction(operation: operation, first: register))
        return code.count - 1
    }

    private mutating func land(_ jump: Int) { code[jump].immediate = UInt32(code.count) }
}
