import RuleLanguage
import Testing
import Values

@Suite("Conditions")
struct RuleLanguageTests {
    private static func evaluate(
        _ source: String, _ bindings: [String: RuleValue] = [:],
    ) throws -> Result<RuleValue, EvaluationError> {
        let environment = RuleEnvironment(variables: Set(bindings.keys))
        var machine = Machine()
        return machine.evaluate(try environment.compile(source), bindings)
    }

    private static func truth(_ source: String, _ bindings: [String: RuleValue] = [:]) throws -> Bool? {
        if case .success(.bool(let value)) = try evaluate(source, bindings) { return value }
        return nil
    }

    @Test(
        "A constant predicate keeps or drops everything (case C095)",
        arguments: [
            ("[1, 2].filter(e, false) == []", true), ("[1, 2].exists(e, false)", false),
            ("[1].all(e, true)", true),
            ("{1: \"a\"}.filter(e, false) == []", true),
        ])
    func constantPredicates(_ source: String, _ expected: Bool) throws {
        #expect(try Self.truth(source) == expected)
        // The same where nothing can be known before it runs.
        let range = source.prefix { $0 != "." }
        let value = try Self.evaluate(String(range)).get()
        #expect(try Self.truth("x" + source.dropFirst(range.count), ["x": value]) == expected)
    }

    @Test("Macros forgive an error only where another element decides (case C102)")
    func macroErrors() throws {
        #expect(try Self.truth("[0, 3].exists(x, 6 / x == 2)") == true)
        #expect(try Self.evaluate("[1, 2, 0].exists_one(x, 6 / x == 3)").isFailure)
        #expect(try Self.evaluate("[0, 3].all(x, 6 / x == 2)").isFailure)
    }

    @Test(
        "A guard by has() works in both orders (case C104)",
        arguments: [
            "has(e.x) && e.x.startsWith(\"foo\")", "e.x.startsWith(\"foo\") && has(e.x)",
        ])
    func guarded(_ source: String) throws { #expect(try Self.truth(source, ["e": .map([])]) == false) }

    @Test("Milliseconds of a duration are the component (case C099)")
    func milliseconds() throws {
        #expect(try Self.truth("duration(\"1s23ms\").getMilliseconds() == 23") == true)
    }

    @Test(
        "Half of a surrogate pair, and what is no code at all, is refused and not replaced (case C097)",
        arguments: [
            #""\udead""#, #""\ud83d""#, #""\U0000dead""#, #""\U00110000""#, #""\x+4""#, #""\u+041""#,
            #"b"\x-1""#,
        ])
    func noCode(_ source: String) {
        #expect(throws: Diagnostic.self) { try RuleEnvironment(variables: []).compile(source) }
    }

    @Test("A number that no double can hold is refused", arguments: ["1e999", "-1e400", "2.5e+309"])
    func endless(_ source: String) {
        let error = #expect(throws: Diagnostic.self) { try RuleEnvironment(variables: []).compile(source) }
        #expect(error?.problem == "this number is out of range")
    }

    @Test(
        "Malformed instants are errors (case C100)",
        arguments: [
            "timestamp(\"2023-07-01\")", "duration(\"1hr\")", "duration(\"3d\")", "duration(\"\")",
            "duration(\"1.2.3s\")",
        ])
    func instants(_ source: String) throws {
        #expect(throws: Diagnostic.self) { try Self.evaluate(source) }
        let text = source.dropFirst(source.hasPrefix("d") ? 10 : 11).dropLast(2)
        let function = source.hasPrefix("d") ? "duration" : "timestamp"
        #expect(try Self.evaluate("\(function)(x)", ["x": .string(String(text))]).isFailure)
    }

    @Test(
        "Decimals are exact where doubles are not",
        arguments: [
            ("decimal('0.1') + decimal('0.2') == decimal('0.3')", true), ("0.1 + 0.2 == 0.3", false),
            ("decimal('1.0') == decimal('1.00')", true), ("decimal('1.15') * 100 == decimal('115')", true),
            ("decimal('49999.99') < 50000", true), ("decimal(1.15) == decimal('1.15')", true),
            ("decimal('9007199254740993') > 9007199254740992", true),
        ])
    func decimals(_ source: String, _ expected: Bool) throws { #expect(try Self.truth(source) == expected) }

    @Test("A pattern that makes other engines hang answers at once")
    func patterns() throws {
        let text = String(repeating: "a", count: 5_000) + "!"
        #expect(try Self.truth("x.matches('^(a+)+$')", ["x": .string(text)]) == false)
        #expect(throws: Diagnostic.self) { try Self.evaluate("'a'.matches('(')") }
        #expect(try Self.evaluate("'a'.matches(x)", ["x": .string("(")]).isFailure)
    }

    @Test("Loops inside loops end at the cost limit")
    func cost() throws {
        let list = RuleValue.list([RuleValue](repeating: .int(1), count: 1_000))
        let result = try Self.evaluate("x.all(a, x.all(b, x.all(c, a + b + c == 3)))", ["x": list])
        guard case .failure(.cost) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test(
        "An error names line and column",
        arguments: [
            ("a\n  &&", 2, 5), ("e.x ==", 1, 7), ("1 +\n+ 2", 2, 1), ("nobody", 1, 1),
            ("'x'.StartsWith('y')", 1, 4),
            ("é.x", 1, 1), ("'unclosed", 1, 10),
        ])
    func places(_ source: String, _ line: Int, _ column: Int) {
        let environment = RuleEnvironment(variables: ["a", "e"])
        let error = #expect(throws: Diagnostic.self) { try environment.compile(source) }
        #expect(error?.place.line == line && error?.place.column == column, "\(String(describing: error))")
    }

    @Test("A method that is nearly there is suggested")
    func suggestion() {
        let error = #expect(throws: Diagnostic.self) {
            try RuleEnvironment(variables: []).compile("'x'.startswith('y')")
        }
        #expect(error?.suggestion?.contains("startsWith") == true)
    }

    @Test(
        "Nesting beyond the limit is an error, not a full stack",
        arguments: ["(", "[", "!(", "-(", "{1:", "a.all(b,"])
    func nesting(_ opening: String) {
        #expect(throws: Diagnostic.self) {
            try RuleEnvironment(variables: ["a"]).compile(String(repeating: opening, count: 20_000))
        }
    }

    @Test("Generated garbage never traps")
    func garbage() {
        let pieces = [
            "1", "x", ".", "(", ")", "[", "]", "{", "}", "'", "\"", "+", "-", "*", "/", "%", "&&", "||", "!",
            "?", ":",
            ",", "==", "<", "in", "has", "all", "map", "size", "9223372036854775808", "0x", "1e", "u", "\\",
            "é", "`",
            "true", "null", "duration", "timestamp", "'a'", "[1]", "{1:2}", "-9223372036854775808",
        ]
        var seed: UInt64 = 99
        var machine = Machine()
        let environment = RuleEnvironment(variables: ["x"])
        for _ in 0..<20_000 {
            var source = ""
            for _ in 0..<9 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                source += pieces[Int(seed >> 33) % pieces.count] + (seed >> 60 == 0 ? " " : "")
            }
            if let compiled = try? environment.compile(source) {
                _ = machine.evaluate(compiled, ["x": .int(.min)])
            }
        }
    }
}

extension Result {
    fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
