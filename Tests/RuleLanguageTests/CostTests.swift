import RuleLanguage
import Testing

@Suite("Whatever a condition and a document are, an answer comes soon", .timeLimit(.minutes(1)))
struct CostTests {
    /// `true`, `false`, or the code of the error.
    private static func outcome(_ source: String, _ bindings: [String: RuleValue] = [:]) throws -> String {
        let environment = RuleEnvironment(variables: Set(bindings.keys))
        var machine = Machine()
        switch machine.evaluate(try environment.compile(source), bindings) {
        case .success(let value):
            if case .bool(let truth) = value { return "\(truth)" } else { return "no bool" }
        case .failure(let error): return error.code
        }
    }

    private static func text(_ piece: String, _ count: Int) -> RuleValue {
        .string(String(repeating: piece, count: count))
    }

    @Test(
        "A list that stands in itself twice, sixty times over, is not compared to its end",
        arguments: ["X == X", "X != X", "X in [X]", "{'a': X} == {'a': X}", "[X] == [X]"])
    func sharedLists(_ form: String) throws {
        let list = "[1]" + String(repeating: ".map(a, [a, a])", count: 60)
        #expect(try Self.outcome(form.replacing("X", with: "(" + list + ")")) == "cost_limit")
    }

    @Test("A search for a long text that nearly stands everywhere is paid for")
    func search() throws {
        let bindings = ["x": Self.text("a", 400_000), "y": Self.text("a", 200_000)]
        #expect(try Self.outcome("x.contains(y + 'b')", bindings) == "cost_limit")
        #expect(try Self.outcome("x.contains(y)", bindings) == "true")
        #expect(try Self.outcome("('b' + x).contains('bb')", bindings) == "false")
    }

    @Test(
        "Long texts in a loop are paid for",
        arguments: [
            "l.all(i, x == y)", "l.all(i, x <= y)", "l.all(i, {x: 1}[y] == 1)", "l.all(i, y in {x: 1})",
            "l.all(i, y in [x])", "l.all(i, x.contains(y))",
        ])
    func longTexts(_ source: String) throws {
        let bindings = [
            "x": Self.text("a", 500_000), "y": Self.text("a", 500_000),
            "l": RuleValue.list([RuleValue](repeating: .int(1), count: 50_000)),
        ]
        #expect(try Self.outcome(source, bindings) == "cost_limit")
    }

    @Test("Patterns that documents bring are paid for; one that comes again is made once")
    func patterns() throws {
        let many = RuleValue.list((0..<5_000).map { .string("^a{\($0 % 500)}b\($0)$") })
        #expect(try Self.outcome("l.exists(p, 'a'.matches(p))", ["l": many]) == "cost_limit")
        let one = RuleValue.list([RuleValue](repeating: .string("^b+$"), count: 5_000))
        #expect(try Self.outcome("l.exists(p, 'a'.matches(p))", ["l": one]) == "false")
    }

    @Test("A long flat list of plants costs little")
    func flat() throws {
        let plants = (1_000..<9_000).map { "'\($0)'" }.joined(separator: ", ")
        let bindings = [
            "p": RuleValue.string("8999"), "l": .list([RuleValue](repeating: .int(1), count: 300)),
        ]
        #expect(try Self.outcome("l.all(i, p in [\(plants)])", bindings) == "true")
    }
}
