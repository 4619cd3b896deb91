internal import Values

/// Operators, functions and methods.
extension Checker {
    mutating func checkCall(
        _ expression: Expression, _ name: String, _ target: Expression?, _ arguments: [Expression],
    ) -> Checked {
        var parts: [Checked] = []
        if let target { parts.append(check(target)) }
        for argument in arguments { parts.append(check(argument)) }
        guard let function = Function.find(name, isMethod: target != nil, count: parts.count) else {
            reportMissing(name, target, arguments.count, expression.place)
            return (expression, .unknown)
        }
        let type = type(of: function, &parts, expression.place)
        if let folded = fold(function, parts, expression) { return (folded, type) }
        let rest = parts.dropFirst(target == nil ? 0 : 1).map(\.expression)
        return (expression.with(.call(name, target: target == nil ? nil : parts[0].expression, rest)), type)
    }

    private mutating func reportMissing(
        _ name: String, _ target: Expression?, _ count: Int, _ place: SourcePlace,
    ) {
        let form = target == nil ? "function" : "method"
        let others = (1...3).filter {
            Function.find(name, isMethod: target != nil, count: $0 + (target == nil ? 0 : 1)) != nil
        }
        if let wanted = others.first {
            report(place, "\(name)() takes \(wanted) \(wanted == 1 ? "argument" : "arguments"), not \(count)")
        } else if Function.find(name, isMethod: target != nil, count: target == nil ? 0 : 1) != nil {
            report(place, "\(name)() takes no arguments")
        } else if (1...3).contains(where: { Function.find(name, isMethod: target == nil, count: $0) != nil })
        {
            report(
                place, "there is no \(form) \(name)()",
                target == nil ? "write it behind a value: x.\(name)(…)" : "write \(name)(x)")
        } else {
            report(place, "there is no \(form) \(name)()", Function.hint(for: name))
        }
    }

    private mutating func type(
        of function: Function, _ parts: inout [Checked], _ place: SourcePlace,
    ) -> RuleType {
        switch function {
        case .equal, .notEqual:
            pair(&parts) { $0.checkEquality(&$1, &$2, place) }
            return .bool
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            pair(&parts) { $0.checkOrder(&$1, &$2, place) }
            return .bool
        case .contained:
            pair(&parts) { $0.checkContained(&$1, &$2, place) }
            return .bool
        case .add, .subtract, .multiply, .divide, .modulo: return arithmetic(function, &parts, place)
        case .negate: return one(of: [.int, .double, .decimal, .duration], function, parts[0], place)
        case .not:
            demand(.bool, function, parts[0], place)
            return .bool
        case .index:
            if parts[1].type == .key, case .map = parts[0].type { parts[0] = Self.toKey(parts[0]) }
            if case .map(.key, _) = parts[0].type { parts[1] = Self.toKey(parts[1]) }
            return element(parts[0], parts[1], place)
        case .size:
            if case .list = parts[0].type { return .int }
            if case .map = parts[0].type { return .int }
            demandOne(of: [.string, .key, .bytes], function, parts[0], place)
            return .int
        case .contains, .startsWith, .endsWith, .matches:
            for part in parts { demandOne(of: [.string, .key], function, part, place) }
            return .bool
        case .int, .uint, .double, .string, .bytes, .bool, .timestamp, .duration, .decimal, .date:
            return conversion(function, &parts, place)
        case .type: return .type
        case .dyn:
            if parts[0].type.isRecord { report(place, "a record cannot be dyn", "name one of its fields") }
            return .dyn
        case .div, .round, .floor: return exact(function, &parts, place)
        case .abs: return one(of: [.decimal, .int, .double], function, parts[0], place)
        case .days:
            demand(.int, function, parts[0], place)
            return .duration
        case .key:
            demandOne(of: [.string, .key], function, parts[0], place)
            return .key
        default: return component(function, parts, place)
        }
    }

    /// Works on both sides of an operator.
    private mutating func pair(
        _ parts: inout [Checked], _ body: (inout Checker, inout Checked, inout Checked) -> Void,
    ) {
        var (left, right) = (parts[0], parts[1])
        body(&self, &left, &right)
        parts[0] = left
        parts[1] = right
    }

    // MARK: Arithmetic

    private mutating func arithmetic(
        _ function: Function, _ parts: inout [Checked], _ place: SourcePlace,
    ) -> RuleType {
        pair(&parts) { $0.unify(&$1, &$2) }
        let (left, right) = (parts[0].type, parts[1].type)
        if left == .unknown || right == .unknown { return .unknown }
        if left == .dyn || right == .dyn { return .dyn }
        switch (left, function, right) {
        case (.decimal, .divide, _), (_, .divide, .decimal):
            report(place, "decimals are divided with a number of digits", "write div(a, b, 2)")
            return .unknown
        case (.decimal, .add, .decimal), (.decimal, .subtract, .decimal), (.decimal, .multiply, .decimal),
            (.decimal, .add, .uint), (.uint, .add, .decimal), (.decimal, .subtract, .uint),
            (.uint, .subtract, .decimal), (.decimal, .multiply, .uint), (.uint, .multiply, .decimal),
            (.decimal, .add, .int), (.int, .add, .decimal), (.decimal, .subtract, .int),
            (.int, .subtract, .decimal), (.decimal, .multiply, .int), (.int, .multiply, .decimal):
            return .decimal
        case (.int, _, .int), (.uint, _, .uint): return left
        case (.double, .modulo, _): break
        case (.double, _, .double): return .double
        case (.string, .add, .string), (.key, .add, .string), (.string, .add, .key), (.key, .add, .key):
            return .string
        case (.bytes, .add, .bytes): return .bytes
        case (.list(let a), .add, .list(let b)): return .list(Self.joined(a, b))
        case (.duration, .add, .duration), (.duration, .subtract, .duration),
            (.timestamp, .subtract, .timestamp), (.date, .subtract, .date):
            return .duration
        case (.timestamp, .add, .duration), (.duration, .add, .timestamp), (.timestamp, .subtract, .duration):
            return .timestamp
        case (.date, .add, .duration), (.duration, .add, .date), (.date, .subtract, .duration): return .date
        case (.date, _, .int):
            report(place, "a date and a number of days", "write days(n)")
            return .unknown
        default: break
        }
        report(
            place,
            "\(function.name) does not exist for \(Self.article(left)) and \(Self.article(right))",
            Self.advice(parts[0], parts[1]))
        return .unknown
    }

    /// The type of what stands in two lists together.
    private static func joined(_ left: RuleType, _ right: RuleType) -> RuleType {
        if left == right || right == .dyn { return left }
        if left == .dyn { return right }
        return left.isText && right.isText ? .string : .dyn
    }

    private mutating func exact(
        _ function: Function, _ parts: inout [Checked], _ place: SourcePlace,
    ) -> RuleType {
        for index in 0..<(function == .div ? 2 : 1) {
            toDecimal(&parts[index])
            demandOne(of: [.decimal, .int, .uint], function, parts[index], place)
        }
        if let last = parts.last {
            demand(.int, function, last, place)
            if case .literal(.int(let digits)) = last.expression.kind, !(0...18).contains(digits) {
                report(last.expression.place, "a decimal has 0 to 18 digits behind the point, not \(digits)")
            }
        }
        return .decimal
    }

    private mutating func element(_ container: Checked, _ index: Checked, _ place: SourcePlace) -> RuleType {
        switch container.type {
        case .dyn, .unknown: return container.type
        case .list(let element):
            if !index.type.isOpen, !index.type.isWhole {
                report(place, "a list is counted from 0, not by \(Self.article(index.type))")
            }
            return element
        case .map(_, let value): return value
        default:
            report(place, "[ ] looks into a list or a map, not into \(Self.article(container.type))")
            return .unknown
        }
    }

    // MARK: Conversions

    private mutating func conversion(
        _ function: Function, _ parts: inout [Checked], _ place: SourcePlace,
    ) -> RuleType {
        let sources: [RuleType]
        let result: RuleType
        switch function {
        case .int: (sources, result) = ([.int, .uint, .double, .string, .key, .timestamp], .int)
        case .uint: (sources, result) = ([.uint, .int, .double, .string, .key], .uint)
        case .double: (sources, result) = ([.double, .int, .uint, .string, .key], .double)
        case .string:
            result = .string
            sources = [
                .string, .key, .int, .uint, .double, .bool, .bytes, .timestamp, .duration, .decimal, .date,
            ]
        case .bytes: (sources, result) = ([.bytes, .string, .key], .bytes)
        case .bool: (sources, result) = ([.bool, .string, .key], .bool)
        case .timestamp: (sources, result) = ([.timestamp, .string, .int, .date], .timestamp)
        case .duration: (sources, result) = ([.duration, .string], .duration)
        case .decimal:
            toDecimal(&parts[0])
            (sources, result) = ([.decimal, .int, .uint, .double, .string, .key], .decimal)
        default:
            (sources, result) = ([.date, .string, .timestamp], .date)
            if parts.count == 2 { demandZone(function, parts[1], place) }
        }
        demandOne(of: sources, function, parts[0], place)
        return result
    }

    /// Conversions of literal texts are made at once, and what cannot be converted is refused (case C100).
    private mutating func fold(
        _ function: Function, _ parts: [Checked], _ expression: Expression,
    ) -> Expression? {
        if parts.count == 1, function == .decimal, case .literal(.decimal) = parts[0].expression.kind {
            return parts[0].expression
        }
        if function == .matches, case .literal(.string(let pattern)) = parts[1].expression.kind {
            do throws(Pattern.Refused) {
                _ = try Pattern(Array(pattern.utf8))
            } catch {
                report(parts[1].expression.place, "the pattern is not RE2 syntax: \(error.reason)")
            }
            return nil
        }
        guard parts.count == 1, case .literal(.string(let text)) = parts[0].expression.kind else {
            return nil
        }
        let value: RuleValue?
        let form: String
        switch function {
        case .timestamp:
            value = Timestamp(parsing: text).map { .timestamp($0) }
            let hint = LocalDate(parsing: text) == nil ? "" : ", or date('\(text)')"
            form = "write timestamp('2026-03-05T06:00:00Z')\(hint)"
        case .duration:
            value = Machine.parseDuration(text).flatMap(Machine.durationValue)
            form = Self.durationForm(text)
        case .date:
            value = LocalDate(parsing: text).map { .date($0) }
            form = "write date('2026-03-05')"
        case .decimal:
            value = (try? ExactDecimal(parsing: text)).map { .decimal($0) }
            form = "write decimal('1250.00')"
        case .key: return expression.with(.literal(.string(SAPKey(text).stripped)))
        case .int, .uint, .double, .bool:
            var machine = Machine()
            let cell = machine.cell(of: .string(text))
            let converted = machine.converted(cell, by: function)
            value = converted.isError ? nil : machine.value(of: converted)
            form = "write \(function.name)('\(function == .bool ? "true" : "42")')"
        default: return nil
        }
        guard let value else {
            report(parts[0].expression.place, "\"\(text)\" is no \(function.name)", form)
            return nil
        }
        return expression.with(.literal(value))
    }

    private static func durationForm(_ text: String) -> String {
        let number = text.prefix { $0.isNumber || $0 == "." }
        switch (text.dropFirst(number.count), Int(number)) {
        case ("d", let days?): return "write days(\(days)) or duration('\(days * 24)h')"
        case ("hr", _), ("hrs", _), ("hour", _), ("hours", _): return "write duration('\(number)h')"
        case ("min", _), ("mins", _), ("minutes", _): return "write duration('\(number)m')"
        case ("sec", _), ("secs", _), ("seconds", _): return "write duration('\(number)s')"
        default: return "write it with the units h, m, s, ms: duration('1h30m')"
        }
    }

    // MARK: Instants

    private mutating func component(_ function: Function, _ parts: [Checked], _ place: SourcePlace)
        -> RuleType
    {
        let clock: [Function] = [.getHours, .getMinutes, .getSeconds, .getMilliseconds]
        demandOne(of: [.timestamp, clock.contains(function) ? .duration : .date], function, parts[0], place)
        if parts.count == 2 { demandZone(function, parts[1], place) }
        return .int
    }

    /// A zone that is written out is looked up at once (case C100).
    private mutating func demandZone(_ function: Function, _ part: Checked, _ place: SourcePlace) {
        demand(.string, function, part, place)
        guard case .literal(.string(let zone)) = part.expression.kind, !Machine.isZone(zone) else { return }
        report(
            part.expression.place, "there is no time zone \"\(zone)\"",
            "write it like 'Europe/Berlin' or '+01:00'")
    }

    // MARK: Demands

    private mutating func demand(
        _ type: RuleType, _ function: Function, _ part: Checked, _ place: SourcePlace
    ) {
        demandOne(of: [type], function, part, place)
    }

    private mutating func demandOne(
        of types: [RuleType], _ function: Function, _ part: Checked, _ place: SourcePlace,
    ) {
        guard !part.type.isOpen, !types.contains(part.type) else { return }
        let names = types.filter { $0 != .key }.map(\.description).joined(separator: ", ")
        report(place, "\(function.name) takes \(names), not \(Self.article(part.type))")
    }

    private mutating func one(
        of types: [RuleType], _ function: Function, _ part: Checked, _ place: SourcePlace,
    ) -> RuleType {
        demandOne(of: types, function, part, place)
        return types.contains(part.type) || part.type == .dyn ? part.type : .unknown
    }
}
