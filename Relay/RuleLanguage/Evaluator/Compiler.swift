/// Turns a parsed expression into a flat program over registers.
struct Compiler {
    private let environment: RuleEnvironment
    private var code: [Instruction] = []
    private var places: [SourcePlace] = []
    private var here = SourcePlace(line: 1, column: 1)
    private var constants: ConstantPool.Builder
    private var variables: [String] = []
    private var locals: [(name: String, register: UInt16)] = []
    private var nextRegister = 0
    private var registerCount = 0

    private init(_ environment: RuleEnvironment, _ constants: ConstantPool.Builder) {
        self.environment = environment
        self.constants = constants
    }

    /// The program of an expression, whose constants are added to `constants`.
    ///
    /// - Parameter variables: names whose index is their place in the list; others are added behind.
    static func compile(
        _ expression: Expression, in environment: RuleEnvironment, variables: [String] = [],
        constants: inout ConstantPool.Builder,
    ) throws(Diagnostic) -> Program {
        var compiler = Compiler(environment, constants)
        compiler.variables = variables
        let result = try compiler.register(expression.place)
        try compiler.emit(expression, to: result)
        compiler.add(Instruction(operation: .finish, first: result))
        constants = compiler.constants
        return Program(
            code: compiler.code, places: compiler.places, variables: compiler.variables,
            registerCount: compiler.registerCount)
    }

    private mutating func add(_ instruction: Instruction) {
        code.append(instruction)
        places.append(here)
    }

    private mutating func register(_ place: SourcePlace) throws(Diagnostic) -> UInt16 {
        guard nextRegister < 4_000 else {
            throw Diagnostic(place: place, problem: "the expression is too large")
        }
        nextRegister += 1
        registerCount = max(registerCount, nextRegister)
        return UInt16(nextRegister - 1)
    }

    private mutating func constant(_ value: RuleValue) -> UInt32 { constants.constant(value) }

    private mutating func emit(_ expression: Expression, to destination: UInt16) throws(Diagnostic) {
        let mark = nextRegister
        let outer = here
        here = expression.place
        defer {
            nextRegister = mark
            here = outer
        }
        switch expression.kind {
        case .real(let value, _):
            add(
                Instruction(
                    operation: .constant, destination: destination, immediate: constant(.double(value))))
        case .field(let operand, let slot): try emitField(operand, slot, .field, to: destination)
        case .optionalField(let operand, let slot):
            try emitField(operand, slot, .optionalField, to: destination)
        case .hasField(let operand, let slot): try emitField(operand, slot, .hasField, to: destination)
        case .literal(let value):
            add(
                Instruction(operation: .constant, destination: destination, immediate: constant(value)))
        case .name(let name, let isRooted):
            try emitName(name, isRooted: isRooted, expression.place, to: destination)
        case .select(let operand, let field):
            if let (name, isRooted) = dotted(expression), let found = resolve(name, isRooted: isRooted) {
                emit(found, to: destination)
                return
            }
            try emit(operand, to: destination)
            add(
                Instruction(
                    operation: .select, destination: destination, first: destination,
                    immediate: constant(.string(field))))
        case .has(let operand, let field):
            try emit(operand, to: destination)
            add(
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
            add(Instruction(operation: .requireBool, destination: destination, first: destination))
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

    private mutating func emitField(
        _ operand: Expression, _ slot: Int, _ operation: Instruction.Operation, to destination: UInt16,
    ) throws(Diagnostic) {
        try emit(operand, to: destination)
        add(
            Instruction(
                operation: operation, destination: destination, first: destination, immediate: UInt32(slot)))
    }

    // MARK: Names

    private enum Found { case local(UInt16), variable(String), type(String) }

    private mutating func emit(_ found: Found, to destination: UInt16) {
        switch found {
        case .local(let register):
            add(Instruction(operation: .move, destination: destination, first: register))
        case .variable(let name):
            let index = variables.firstIndex(of: name) ?? variables.count
            if index == variables.count { variables.append(name) }
            add(Instruction(operation: .variable, destination: destination, immediate: UInt32(index)))
        case .type(let name):
            add(
                Instruction(operation: .constant, destination: destination, immediate: constant(.type(name))))
        }
    }

    private mutating func emitName(
        _ name: String, isRooted: Bool, _ place: SourcePlace, to destination: UInt16,
    ) throws(Diagnostic) {
        guard let found = resolve(name, isRooted: isRooted) else {
            try refuse("the name \"\(name)\" is not known here", .unknownName, place, to: destination)
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
            if environment.isVariable(candidate) { return .variable(candidate) }
            if RuleEnvironment.typeNames.contains(candidate) { return .type(candidate) }
        }
        return nil
    }

    /// What is not known is refused now, or, in an unchecked environment, an error when it is reached.
    private mutating func refuse(
        _ problem: String, _ error: EvaluationError, _ place: SourcePlace, to destination: UInt16,
    ) throws(Diagnostic) {
        guard environment.isUnchecked else { throw Diagnostic(place: place, problem: problem) }
        add(
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
            try refuse(
                "there is no \(form) \(name) with \(arguments.count) arguments", .noSuchOverload,
                expression.place, to: destination)
            return
        }
        if function == .matches, case .literal(.string(let pattern)) = all[1].kind,
            let index = constants.pattern(pattern)
        {
            try emit(all[0], to: destination)
            add(
                Instruction(
                    operation: .match, destination: destination, first: destination, immediate: index))
            return
        }
        let start = try emitArguments(all, expression.place)
        add(
            Instruction(
                operation: .call, function: function, destination: destination, first: start,
                second: UInt16(all.count)))
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
        add(
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
                add(
                    Instruction(
                        operation: operation, destination: destination, first: destination, second: other))
            }
            if index < parts.count - 1 { jumps.append(jump(decided, on: destination)) }
        }
        for jump in jumps { land(jump) }
    }

    // MARK: Macros

    /// The registers of one loop.
    private struct Loop {
        let range: UInt16
        let counter: UInt16
        let element: UInt16
        let result: UInt16
        let accumulator: UInt16
        /// Beside the accumulator, as a call wants it: what is added to it or compared with it.
        let addend: UInt16
    }

    private mutating func emitComprehension(
        _ macro: Comprehension, _ place: SourcePlace, to destination: UInt16,
    ) throws(Diagnostic) {
        let loop = Loop(
            range: try register(place), counter: try register(place), element: try register(place),
            result: try register(place), accumulator: try register(place), addend: try register(place))
        try emit(macro.range, to: loop.range)
        add(Instruction(operation: .range, destination: loop.range, first: loop.range))
        add(Instruction(operation: .move, destination: loop.accumulator, first: loop.range))
        let failed = jump(.jumpIfError, on: loop.range)
        let start: RuleValue =
            switch macro.macro {
            case .all: .bool(true)
            case .exists: .bool(false)
            case .existsOne: .int(0)
            case .map, .filter: .list([])
            case .sum: macro.start
            }
        add(Instruction(operation: .constant, destination: loop.accumulator, immediate: constant(start)))
        add(Instruction(operation: .constant, destination: loop.counter, immediate: constant(.int(0))))
        locals.append((macro.variable, loop.element))
        defer { locals.removeLast() }
        let top = code.count
        add(Instruction(operation: .next, destination: loop.element, first: loop.range, second: loop.counter))
        let (exits, onError) = try emitTurn(macro, loop, top: top)
        add(Instruction(operation: .jump, immediate: UInt32(top)))
        for error in onError { land(error) }
        if !onError.isEmpty {
            add(Instruction(operation: .move, destination: loop.accumulator, first: loop.result))
        }
        for exit in [top] + exits { land(exit) }
        if macro.macro == .existsOne {
            add(Instruction(operation: .constant, destination: loop.addend, immediate: constant(.int(1))))
            accumulate(.equal, loop, to: loop.accumulator)
        }
        land(failed)
        add(Instruction(operation: .move, destination: destination, first: loop.accumulator))
    }

    /// destination := function of the accumulator and what stands beside it.
    private mutating func accumulate(_ function: Function, _ loop: Loop, to destination: UInt16) {
        add(
            Instruction(
                operation: .call, function: function, destination: destination, first: loop.accumulator,
                second: 2))
    }

    /// What is done with one element; the jumps out of the loop, and those with an error in `result`.
    private mutating func emitTurn(
        _ macro: Comprehension, _ loop: Loop, top: Int,
    ) throws(Diagnostic) -> (exits: [Int], onError: [Int]) {
        let isAll = macro.macro == .all
        if isAll || macro.macro == .exists {
            if let predicate = macro.predicate { try emit(predicate, to: loop.result) }
            add(
                Instruction(
                    operation: isAll ? .and : .or, destination: loop.accumulator, first: loop.accumulator,
                    second: loop.result))
            return ([jump(isAll ? .jumpIfFalse : .jumpIfTrue, on: loop.accumulator)], [])
        }
        var onError: [Int] = []
        if let predicate = macro.predicate {
            try emit(predicate, to: loop.result)
            add(Instruction(operation: .requireBool, destination: loop.result, first: loop.result))
            onError.append(jump(.jumpIfError, on: loop.result))
            add(Instruction(operation: .jumpIfFalse, first: loop.result, immediate: UInt32(top)))
        }
        if let transform = macro.transform {
            try emit(transform, to: loop.result)
            onError.append(jump(.jumpIfError, on: loop.result))
        }
        switch macro.macro {
        case .existsOne: add(Instruction(operation: .increment, destination: loop.accumulator))
        case .sum:
            add(Instruction(operation: .move, destination: loop.addend, first: loop.result))
            accumulate(.add, loop, to: loop.result)
            onError.append(jump(.jumpIfError, on: loop.result))
            add(Instruction(operation: .move, destination: loop.accumulator, first: loop.result))
        default:
            add(
                Instruction(
                    operation: .append, destination: loop.accumulator,
                    first: macro.transform == nil ? loop.element : loop.result))
        }
        return ([], onError)
    }

    // MARK: Jumps

    private mutating func jump(_ operation: Instruction.Operation, on register: UInt16 = 0) -> Int {
        add(Instruction(operation: operation, first: register))
        return code.count - 1
    }

    private mutating func land(_ jump: Int) { code[jump].immediate = UInt32(code.count) }
}
