internal import Values

/// Finds the type of every part of an expression, and everything that is wrong with it.
///
/// What comes out is the expression with fields turned into slots, literals beside a decimal read exactly, literal
/// lists and conversions of literals folded, and keys compared as keys.
struct Checker {
    /// A part with its type.
    typealias Checked = (expression: Expression, type: RuleType)

    let environment: RuleEnvironment
    var layouts: RecordLayouts
    private(set) var diagnostics: [Diagnostic] = []
    private var locals: [(name: String, type: RuleType)] = []

    init(_ environment: RuleEnvironment, layouts: RecordLayouts = RecordLayouts()) {
        self.environment = environment
        self.layouts = layouts
    }

    mutating func report(_ place: SourcePlace, _ problem: String, _ suggestion: String? = nil) {
        let diagnostic = Diagnostic(place: place, problem: problem, suggestion: suggestion)
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    mutating func check(_ expression: Expression) -> Checked {
        switch expression.kind {
        case .literal(let value): return (expression, Self.type(of: value))
        case .real: return (expression, .double)
        case .name(let name, let isRooted):
            return (expression, checkName(name, isRooted: isRooted, expression.place))
        case .select(let operand, let field): return checkSelect(expression, operand, field)
        case .has(let operand, let field): return checkHas(expression, operand, field)
        case .call(let name, let target, let arguments):
            return checkCall(expression, name, target, arguments)
        case .list(let items): return checkList(expression, items)
        case .map(let entries): return checkMap(expression, entries)
        case .and(let parts): return (expression.with(.and(parts.map { truth($0) })), .bool)
        case .or(let parts): return (expression.with(.or(parts.map { truth($0) })), .bool)
        case .conditional(let condition, let yes, let no):
            return checkConditional(expression, truth(condition), yes, no)
        case .comprehension(let macro): return checkComprehension(expression, macro)
        case .field, .optionalField, .hasField: return (expression, .unknown)
        }
    }

    static func type(of value: RuleValue) -> RuleType {
        switch value {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .decimal: .decimal
        case .date: .date
        case .list(let items): .list(joined(items.map(type)))
        case .map(let entries):
            .map(joined(entries.map { type(of: $0.key) }), joined(entries.map { type(of: $0.value) }))
        case .type: .type
        }
    }

    /// The type of the elements of a list literal: the one that all have, else anything.
    private static func joined(_ types: [RuleType]) -> RuleType {
        guard let first = types.first else { return .dyn }
        return types.allSatisfy { $0 == first } ? first : .dyn
    }

    /// A part that has to be true or false.
    private mutating func truth(_ expression: Expression) -> Expression {
        let (checked, type) = check(expression)
        if type != .bool, !type.isOpen {
            report(expression.place, "true or false is expected here, not \(Self.article(type))")
        }
        return checked
    }

    static func article(_ type: RuleType) -> String {
        "aeiou".contains(type.description.first ?? "x") ? "an \(type)" : "a \(type)"
    }

    // MARK: Names and fields

    private mutating func checkName(_ name: String, isRooted: Bool, _ place: SourcePlace) -> RuleType {
        if let type = resolve(name, isRooted: isRooted) { return type }
        var suggestion: String?
        // Somebody wrote `total_net` for `e.total_net`.
        if case .record(let record)? = environment.variables["e"],
            layouts.layouts[record].schema.field(name) != nil
        {
            suggestion = "write e.\(name)"
        }
        let known = Array(environment.variables.keys) + locals.map(\.name)
        report(
            place, "the name \"\(name)\" is not known here",
            suggestion ?? NearestName.hint(for: name, among: known.sorted()))
        return .unknown
    }

    private func resolve(_ name: String, isRooted: Bool) -> RuleType? {
        if !isRooted, let local = locals.last(where: { $0.name == name }) { return local.type }
        let head = String(name.prefix { $0 != "." })
        if !isRooted, head.count < name.count, locals.contains(where: { $0.name == head }) { return nil }
        for candidate in environment.candidates(for: name, isRooted: isRooted) {
            if let type = environment.variables[candidate] { return type }
            if RuleEnvironment.typeNames.contains(candidate) { return .type }
        }
        return nil
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

    private mutating func checkSelect(_ expression: Expression, _ operand: Expression, _ field: String)
        -> Checked
    {
        if let (name, isRooted) = dotted(expression), let type = resolve(name, isRooted: isRooted) {
            return (expression, type)
        }
        let (checked, type) = check(operand)
        if case .record(let record) = type {
            guard let (slot, type) = layouts.slot(of: field, in: record) else {
                return (expression, unknownField(field, of: operand, record, expression.place))
            }
            return (expression.with(.field(checked, slot: slot)), type)
        }
        return (expression.with(.select(checked, field)), memberType(type, field, operand, expression.place))
    }

    private mutating func unknownField(
        _ field: String, of operand: Expression, _ record: Int, _ place: SourcePlace,
    ) -> RuleType {
        let names = layouts.layouts[record].schema.fields.map(\.name)
        report(
            place, "\"\(dotted(operand)?.name ?? "the record")\" has no field \"\(field)\"",
            NearestName.hint(for: field, among: names)
                ?? "its fields are \(names.prefix(40).joined(separator: ", "))")
        return .unknown
    }

    /// The type of `operand.field` where the operand is no record.
    private mutating func memberType(
        _ type: RuleType, _ field: String, _ operand: Expression, _ place: SourcePlace,
    ) -> RuleType {
        switch type {
        case .dyn: return .dyn
        case .unknown: return .unknown
        case .map(_, let value): return value
        case .list(.record):
            let name = dotted(operand)?.name ?? "it"
            report(
                place, "\"\(name)\" is a list and has no field \"\(field)\"",
                "ask its elements: \(name).exists(i, i.\(field) …)")
            return .unknown
        default:
            report(place, "\(Self.article(type)) has no field \"\(field)\"")
            return .unknown
        }
    }

    private mutating func checkHas(_ expression: Expression, _ operand: Expression, _ field: String)
        -> Checked
    {
        let (checked, type) = check(operand)
        guard case .record(let record) = type else {
            _ = memberType(type, field, operand, expression.place)
            return (expression.with(.has(checked, field)), .bool)
        }
        guard let (slot, _) = layouts.slot(of: field, in: record) else {
            _ = unknownField(field, of: operand, record, expression.place)
            return (expression, .bool)
        }
        return (expression.with(.hasField(Self.optional(checked), slot: slot)), .bool)
    }

    /// Inside `has`, what is absent on the way makes the field absent too (CEL specification, messages).
    private static func optional(_ expression: Expression) -> Expression {
        guard case .field(let operand, let slot) = expression.kind else { return expression }
        return expression.with(.optionalField(optional(operand), slot: slot))
    }

    // MARK: Literals and branches

    private mutating func checkList(_ expression: Expression, _ items: [Expression]) -> Checked {
        var checked = items.map { check($0) }
        if checked.contains(where: { $0.type == .key }), checked.allSatisfy(\.type.isText) {
            checked = checked.map(Self.toKey)
        }
        return (
            Self.folded(expression.with(.list(checked.map(\.expression)))),
            .list(Self.joined(checked.map(\.type)))
        )
    }

    /// A list of literals is a literal.
    static func folded(_ expression: Expression) -> Expression {
        guard case .list(let items) = expression.kind else { return expression }
        var values: [RuleValue] = []
        for item in items {
            switch item.kind {
            case .literal(let value): values.append(value)
            // A decimal may still be made of it.
            default: return expression
            }
        }
        return expression.with(.literal(.list(values)))
    }

    private mutating func checkMap(
        _ expression: Expression, _ entries: [(key: Expression, value: Expression)],
    ) -> Checked {
        var checked = entries.map { (key: check($0.key), value: check($0.value)) }
        if checked.contains(where: { $0.key.type == .key }), checked.allSatisfy(\.key.type.isText) {
            checked = checked.map { (key: Self.toKey($0.key), value: $0.value) }
        }
        for entry in checked where !entry.key.type.isOpen {
            let fits: [RuleType] = [.bool, .int, .uint, .string, .key]
            if !fits.contains(entry.key.type) {
                report(
                    entry.key.expression.place, "\(Self.article(entry.key.type)) cannot be the key of a map")
            }
        }
        return (
            expression.with(.map(checked.map { ($0.key.expression, $0.value.expression) })),
            .map(Self.joined(checked.map(\.key.type)), Self.joined(checked.map(\.value.type)))
        )
    }

    private mutating func checkConditional(
        _ expression: Expression, _ condition: Expression, _ yes: Expression, _ no: Expression,
    ) -> Checked {
        var (left, right) = (check(yes), check(no))
        unify(&left, &right)
        if left.type == .key, case .literal = right.expression.kind { right = Self.toKey(right) }
        if right.type == .key, case .literal = left.expression.kind { left = Self.toKey(left) }
        let type: RuleType
        switch (left.type, right.type) {
        case (let one, let other) where one == other: type = one
        case (.dyn, _), (_, .dyn): type = .dyn
        case (.unknown, let other), (let other, .unknown): type = other
        case (.list(.dyn), .list), (.list, .list(.dyn)): type = .list(.dyn)
        case (.map, .map): type = .map(.dyn, .dyn)
        case (.key, .string), (.string, .key): type = .string
        default:
            report(
                expression.place,
                "both sides of ?: must be of one type, not \(left.type) and \(right.type)")
            type = .unknown
        }
        return (expression.with(.conditional(condition, left.expression, right.expression)), type)
    }

    // MARK: Macros

    private mutating func checkComprehension(_ expression: Expression, _ macro: Comprehension) -> Checked {
        let (range, rangeType) = check(macro.range)
        let element: RuleType
        switch rangeType {
        case .list(let type): element = type
        case .map(let key, _): element = key
        case .dyn, .unknown: element = rangeType
        default:
            report(
                macro.range.place,
                "\(macro.macro.rawValue)() goes over a list or the keys of a map, not \(Self.article(rangeType))"
            )
            element = .unknown
        }
        locals.append((macro.variable, element))
        defer { locals.removeLast() }
        let predicate = macro.predicate.map { truth($0) }
        let transform = macro.transform.map { check($0) }
        var changed = Comprehension(
            macro: macro.macro, range: range, variable: macro.variable, predicate: predicate,
            transform: transform?.expression)
        let type: RuleType
        switch macro.macro {
        case .all, .exists, .existsOne: type = .bool
        case .filter: type = rangeType == .unknown ? .unknown : .list(element)
        case .map: type = .list(transform?.type ?? .unknown)
        case .sum: (type, changed.start) = sumType(transform?.type ?? .unknown, expression.place)
        }
        return (expression.with(.comprehension(changed)), type)
    }

    private mutating func sumType(_ type: RuleType, _ place: SourcePlace) -> (RuleType, RuleValue) {
        switch type {
        case .decimal: return (.decimal, .decimal(.zero))
        case .int: return (.int, .int(0))
        case .uint: return (.uint, .uint(0))
        case .double: return (.double, .double(0))
        case .duration: return (.duration, .duration(seconds: 0, nanoseconds: 0))
        case .dyn, .unknown: return (type, .int(0))
        default:
            report(place, "sum() adds numbers, not \(Self.article(type))")
            return (.unknown, .int(0))
        }
    }
}
