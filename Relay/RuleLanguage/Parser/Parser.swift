/// Parses an expression and expands the standard macros (CEL specification, "Syntax" and "Macros").
struct Parser {
    /// Deeper nesting is an error instead of a full stack.
    static let depthLimit = 200

    private let tokens: [(token: Token, place: SourcePlace)]
    private var at = 0
    private var nesting = 0

    private init(_ source: String) throws(Diagnostic) { tokens = try Lexer.tokens(source) }

    static func parse(_ source: String) throws(Diagnostic) -> Expression {
        var parser = try Parser(source)
        let expression = try parser.expression()
        guard parser.token == .end else { throw parser.unexpected() }
        return expression
    }

    private var token: Token { tokens[at].token }
    private var place: SourcePlace { tokens[at].place }

    private func unexpected() -> Diagnostic {
        Diagnostic(place: place, problem: "\(token.text) is not expected here")
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard token == .symbol(symbol) else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(Diagnostic) {
        guard take(symbol) else {
            throw Diagnostic(place: place, problem: "\"\(symbol)\" is expected, not \(token.text)")
        }
    }

    private func node(
        _ kind: Expression.Kind, _ place: SourcePlace, _ parts: [Expression] = [],
    ) throws(Diagnostic) -> Expression {
        let depth = parts.reduce(0) { max($0, $1.depth) } + 1
        guard depth <= Self.depthLimit else { throw tooDeep(place) }
        return Expression(kind, place, depth: depth)
    }

    private func tooDeep(_ place: SourcePlace) -> Diagnostic {
        Diagnostic(place: place, problem: "the expression is nested more than \(Self.depthLimit) deep")
    }

    // MARK: Operators, weakest first

    private mutating func expression() throws(Diagnostic) -> Expression {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.depthLimit / 2 else { throw tooDeep(place) }
        let condition = try disjunction()
        let start = place
        guard take("?") else { return condition }
        let yes = try disjunction()
        try expect(":")
        let no = try expression()
        return try node(.conditional(condition, yes, no), start, [condition, yes, no])
    }

    private mutating func disjunction() throws(Diagnostic) -> Expression {
        var parts = [try conjunction()]
        let start = place
        while take("||") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : try node(.or(parts), start, parts)
    }

    private mutating func conjunction() throws(Diagnostic) -> Expression {
        var parts = [try relation()]
        let start = place
        while take("&&") { parts.append(try relation()) }
        return parts.count == 1 ? parts[0] : try node(.and(parts), start, parts)
    }

    private mutating func relation() throws(Diagnostic) -> Expression {
        var left = try addition()
        while true {
            let start = place
            let name: String
            switch token {
            case .symbol(let symbol) where ["==", "!=", "<", "<=", ">", ">="].contains(symbol): name = symbol
            case .identifier("in"): name = "in"
            default: return left
            }
            at += 1
            let right = try addition()
            left = try node(.call("_\(name)_", target: nil, [left, right]), start, [left, right])
        }
    }

    private mutating func addition() throws(Diagnostic) -> Expression {
        var left = try multiplication()
        while case .symbol(let symbol) = token, symbol == "+" || symbol == "-" {
            let start = place
            at += 1
            let right = try multiplication()
            left = try node(.call("_\(symbol)_", target: nil, [left, right]), start, [left, right])
        }
        return left
    }

    private mutating func multiplication() throws(Diagnostic) -> Expression {
        var left = try unary()
        while case .symbol(let symbol) = token, ["*", "/", "%"].contains(symbol) {
            let start = place
            at += 1
            let right = try unary()
            left = try node(.call("_\(symbol)_", target: nil, [left, right]), start, [left, right])
        }
        return left
    }

    private mutating func unary() throws(Diagnostic) -> Expression {
        let start = place
        if take("!") {
            var count = 1
            while take("!") { count += 1 }
            let operand = try member()
            let once = try node(.call("!_", target: nil, [operand]), start, [operand])
            return count % 2 == 1 ? once : try node(.call("!_", target: nil, [once]), start, [once])
        }
        guard token == .symbol("-") else { return try member() }
        var count = 0
        while take("-") { count += 1 }
        if count % 2 == 1, case .int(let value) = token {
            at += 1
            return try suffixes(of: try node(.literal(.int(Int64(truncatingIfNeeded: 0 &- value))), start))
        }
        if count % 2 == 1, case .double(let value, let digits) = token {
            at += 1
            return try suffixes(of: try node(.real(-value, "-" + digits), start))
        }
        let operand = try member()
        let once = try node(.call("-_", target: nil, [operand]), start, [operand])
        return count % 2 == 1 ? once : try node(.call("-_", target: nil, [once]), start, [once])
    }

    // MARK: Members and primaries

    private mutating func member() throws(Diagnostic) -> Expression { try suffixes(of: try primary()) }

    private mutating func suffixes(of operand: Expression) throws(Diagnostic) -> Expression {
        var operand = operand
        while true {
            let start = place
            if take(".") {
                let field = try fieldName()
                if case .identifier = tokens[at - 1].token, take("(") {
                    let arguments = try list(until: ")")
                    operand = try call(field, on: operand, arguments, start)
                } else {
                    operand = try node(.select(operand, field), start, [operand])
                }
            } else if take("[") {
                let index = try expression()
                try expect("]")
                operand = try node(.call("_[_]", target: nil, [operand, index]), start, [operand, index])
            } else {
                return operand
            }
        }
    }

    private mutating func fieldName() throws(Diagnostic) -> String {
        switch token {
        case .identifier(let name), .quoted(let name):
            at += 1
            return name
        default: throw Diagnostic(place: place, problem: "a field name is expected, not \(token.text)")
        }
    }

    private mutating func list(until end: String) throws(Diagnostic) -> [Expression] {
        var items: [Expression] = []
        while !take(end) {
            if !items.isEmpty {
                try expect(",")
                if take(end) { return items }
            }
            items.append(try expression())
        }
        return items
    }

    private mutating func primary() throws(Diagnostic) -> Expression {
        let start = place
        let first = token
        at += 1
        switch first {
        case .int(let value):
            guard value <= UInt64(Int64.max) else {
                throw Diagnostic(place: start, problem: "this whole number is out of range")
            }
            return try node(.literal(.int(Int64(value))), start)
        case .uint(let value): return try node(.literal(.uint(value)), start)
        case .double(let value, let digits): return try node(.real(value, digits), start)
        case .string(let bytes):
            return try node(.literal(.string(String(decoding: bytes, as: UTF8.self))), start)
        case .bytes(let bytes): return try node(.literal(.bytes(bytes)), start)
        case .symbol("("):
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("["):
            let items = try list(until: "]")
            return try node(.list(items), start, items)
        case .symbol("{"): return try map(start)
        case .symbol("."):
            guard case .identifier(let name) = token, !Self.reserved.contains(name) else {
                throw unexpected()
            }
            at += 1
            return try named(name, isRooted: true, start)
        case .identifier(let name): return try named(name, isRooted: false, start)
        default:
            at -= 1
            throw unexpected()
        }
    }

    private mutating func named(_ name: String, isRooted: Bool, _ start: SourcePlace) throws(Diagnostic)
        -> Expression
    {
        if !isRooted {
            switch name {
            case "true": return try node(.literal(.bool(true)), start)
            case "false": return try node(.literal(.bool(false)), start)
            case "null": return try node(.literal(.null), start)
            default: break
            }
        }
        guard !Self.reserved.contains(name) else {
            throw Diagnostic(place: start, problem: "\"\(name)\" is a reserved word")
        }
        guard take("(") else { return try node(.name(name, isRooted: isRooted), start) }
        let arguments = try list(until: ")")
        if name == "has", arguments.count == 1 {
            guard case .select(let operand, let field) = arguments[0].kind else {
                throw Diagnostic(place: start, problem: "has() takes a field, for example has(e.vendor)")
            }
            return try node(.has(operand, field), start, [operand])
        }
        return try node(.call(name, target: nil, arguments), start, arguments)
    }

    private mutating func map(_ start: SourcePlace) throws(Diagnostic) -> Expression {
        var entries: [(key: Expression, value: Expression)] = []
        while !take("}") {
            if !entries.isEmpty {
                try expect(",")
                if take("}") { break }
            }
            let key = try expression()
            try expect(":")
            entries.append((key, try expression()))
        }
        return try node(.map(entries), start, entries.flatMap { [$0.key, $0.value] })
    }

    private func call(
        _ name: String, on target: Expression, _ arguments: [Expression], _ start: SourcePlace,
    ) throws(Diagnostic) -> Expression {
        let macro = name == "existsOne" ? .existsOne : Comprehension.Macro(rawValue: name)
        guard let macro, arguments.count == 2 || (macro == .map && arguments.count == 3) else {
            return try node(.call(name, target: target, arguments), start, [target] + arguments)
        }
        guard case .name(let variable, false) = arguments[0].kind else {
            throw Diagnostic(place: arguments[0].place, problem: "\(name)() takes a variable first")
        }
        let comprehension = Comprehension(
            macro: macro, range: target, variable: variable,
            predicate: macro == .map || macro == .sum
                ? (arguments.count == 3 ? arguments[1] : nil) : arguments[1],
            transform: macro == .map || macro == .sum ? arguments[arguments.count - 1] : nil)
        return try node(.comprehension(comprehension), start, [target] + arguments)
    }

    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let",
        "loop", "null", "package", "namespace", "return", "true", "var", "void", "while",
    ]
}
