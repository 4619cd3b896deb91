import Values

@testable import RuleLanguage

/// Walks an expression as it was parsed, with plain Swift values: slow, and written to be compared with.
///
/// It shares the parser with the language and nothing else.
struct NaiveWalker {
    indirect enum Value: Equatable {
        case bool(Bool), int(Int64), decimal(ExactDecimal), text(String), key(String)
        case list([Value]), record([String: Value]), error(EvaluationError)
        /// A literal with a point: whatever stands beside it is a decimal here.
        static func == (a: Value, b: Value) -> Bool {
            switch (a, b) {
            case (.bool(let x), .bool(let y)): x == y
            case (.int(let x), .int(let y)): x == y
            case (.decimal(let x), .decimal(let y)): x == y
            case (.decimal(let x), .int(let y)), (.int(let y), .decimal(let x)): x == ExactDecimal(y)
            case (.text(let x), .text(let y)): x == y
            case (.key(let x), .key(let y)), (.key(let x), .text(let y)), (.text(let x), .key(let y)):
                SAPKey(x) == SAPKey(y)
            default: false
            }
        }
    }

    let root: [String: Value]

    func evaluate(_ expression: Expression, _ locals: [String: Value] = [:]) -> Value {
        switch expression.kind {
        case .literal(.bool(let value)): return .bool(value)
        case .literal(.int(let value)): return .int(value)
        case .literal(.string(let value)): return .text(value)
        case .real(_, let digits):
            return (try? ExactDecimal(parsing: digits)).map { .decimal($0) } ?? .error(.conversion)
        case .name(let name, _): return locals[name] ?? (name == "e" ? .record(root) : .error(.unknownName))
        case .list(let items): return list(items.map { evaluate($0, locals) })
        case .select(let operand, let field):
            switch evaluate(operand, locals) {
            case .record(let fields): return fields[field] ?? .error(.absent)
            case .error(let error): return .error(error)
            default: return .error(.noSuchOverload)
            }
        case .has(let operand, let field):
            switch evaluate(operand, locals) {
            case .record(let fields):
                if case .list(let items)? = fields[field] { return .bool(!items.isEmpty) }
                return .bool(fields[field] != nil)
            case .error(.absent): return .bool(false)
            case .error(let error): return .error(error)
            default: return .error(.noSuchOverload)
            }
        case .and(let parts): return logic(parts, false, locals)
        case .or(let parts): return logic(parts, true, locals)
        case .conditional(let condition, let yes, let no):
            switch evaluate(condition, locals) {
            case .bool(let truth): return evaluate(truth ? yes : no, locals)
            case .error(let error): return .error(error)
            default: return .error(.noSuchOverload)
            }
        case .call(let name, let target, let arguments):
            return call(name, ((target.map { [$0] } ?? []) + arguments).map { evaluate($0, locals) })
        case .comprehension(let macro): return comprehension(macro, locals)
        default: return .error(.noSuchOverload)
        }
    }

    private func list(_ items: [Value]) -> Value {
        for case .error(let error) in items { return .error(error) }
        return .list(items)
    }

    private func logic(_ parts: [Expression], _ deciding: Bool, _ locals: [String: Value]) -> Value {
        let values = parts.map { evaluate($0, locals) }
        if values.contains(.bool(deciding)) { return .bool(deciding) }
        for case .error(let error) in values { return .error(error) }
        return .bool(!deciding)
    }

    private func comprehension(_ macro: Comprehension, _ locals: [String: Value]) -> Value {
        let range = evaluate(macro.range, locals)
        if case .error = range { return range }
        guard case .list(let items) = range else { return .error(.noSuchOverload) }
        var results: [Value] = []
        for item in items {
            var inner = locals
            inner[macro.variable] = item
            results.append(evaluate(macro.predicate ?? macro.transform ?? macro.range, inner))
        }
        switch macro.macro {
        case .all, .exists:
            let deciding = macro.macro == .exists
            if results.contains(.bool(deciding)) { return .bool(deciding) }
            for case .error(let error) in results { return .error(error) }
            return .bool(!deciding)
        case .existsOne:
            for case .error(let error) in results { return .error(error) }
            return .bool(results.count { $0 == .bool(true) } == 1)
        case .filter:
            for case .error(let error) in results { return .error(error) }
            return .list(zip(items, results).filter { $0.1 == .bool(true) }.map(\.0))
        case .map: return list(results)
        case .sum: return results.reduce(.int(0)) { call("_+_", [$0, $1]) }
        }
    }

    private func call(_ name: String, _ values: [Value]) -> Value {
        for case .error(let error) in values { return .error(error) }
        switch (name, values.first, values.count > 1 ? values[1] : nil) {
        case ("div", let a?, let b?):
            guard let a = decimal(a), let b = decimal(b), values.count == 3, case .int(let digits) = values[2]
            else { return .error(.noSuchOverload) }
            if b.isZero { return .error(.divideByZero) }
            return (try? a.divided(by: b, scale: Int(digits))).map { .decimal($0) } ?? .error(.overflow)
        case ("!_", .bool(let value)?, _): return .bool(!value)
        case ("-_", .int(let value)?, _): return .int(-value)
        case ("_==_", let a?, let b?): return .bool(a == b)
        case ("_!=_", let a?, let b?): return .bool(!(a == b))
        case ("_in_", let a?, .list(let items)?): return .bool(items.contains(a))
        case ("size", .list(let items)?, _): return .int(Int64(items.count))
        case ("size", .text(let text)?, _): return .int(Int64(text.unicodeScalars.count))
        case ("startsWith", .text(let a)?, .text(let b)?): return .bool(a.hasPrefix(b))
        case ("contains", .text(let a)?, .text(let b)?): return .bool(b.isEmpty || a.contains(b))
        case ("_+_", .text(let a)?, .text(let b)?): return .text(a + b)
        case ("_[_]", .list(let items)?, .int(let index)?):
            return items.indices.contains(Int(index)) ? items[Int(index)] : .error(.indexOutOfRange)
        case (_, .text(let a)?, .text(let b)?):
            return ordered(
                name, a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars),
                b.unicodeScalars.lexicographicallyPrecedes(a.unicodeScalars))
        case (_, .int(let a)?, .int(let b)?): return whole(name, a, b)
        case (_, let a?, let b?):
            guard let a = decimal(a), let b = decimal(b) else { return .error(.noSuchOverload) }
            return exact(name, a, b)
        default: return .error(.noSuchOverload)
        }
    }

    private func decimal(_ value: Value) -> ExactDecimal? {
        switch value {
        case .decimal(let number): number
        case .int(let number): ExactDecimal(number)
        default: nil
        }
    }

    private func ordered(_ name: String, _ isLess: Bool, _ isGreater: Bool) -> Value {
        switch name {
        case "_<_": .bool(isLess)
        case "_<=_": .bool(!isGreater)
        case "_>_": .bool(isGreater)
        case "_>=_": .bool(!isLess)
        default: .error(.noSuchOverload)
        }
    }

    private func whole(_ name: String, _ a: Int64, _ b: Int64) -> Value {
        switch name {
        case "_+_": return .int(a + b)
        case "_-_": return .int(a - b)
        case "_*_": return .int(a * b)
        case "_/_": return b == 0 ? .error(.divideByZero) : .int(a / b)
        case "_%_": return b == 0 ? .error(.divideByZero) : .int(a % b)
        default: return ordered(name, a < b, a > b)
        }
    }

    private func exact(_ name: String, _ a: ExactDecimal, _ b: ExactDecimal) -> Value {
        let result: ExactDecimal?
        switch name {
        case "_+_": result = try? a.adding(b)
        case "_-_": result = try? a.subtracting(b)
        case "_*_": result = try? a.multiplied(by: b)
        default: return ordered(name, a < b, a > b)
        }
        return result.map { .decimal($0) } ?? .error(.overflow)
    }
}
