/// The names that an expression may use, and the one way to compile it.
package struct RuleEnvironment: Sendable {
    /// Variables by their full name, with their types.
    package var variables: [String: RuleType]
    /// The name-space that names are looked up in, innermost first; empty for none.
    package var container: String
    /// Whether nothing is checked: an unknown name or function is an error only when the evaluation reaches it.
    ///
    /// Rules are never compiled so; the conformance tests that switch the checker off are.
    package var isUnchecked: Bool

    /// Variables with their types.
    package init(types: [String: RuleType], container: String = "", isUnchecked: Bool = false) {
        variables = types
        self.container = container
        self.isUnchecked = isUnchecked
    }

    /// Variables of which nothing is known but their names.
    package init(variables: Set<String>) {
        self.init(types: Dictionary(uniqueKeysWithValues: variables.map { ($0, .dyn) }))
    }

    static let typeNames: Set<String> = [
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type", "decimal",
        "date",
        "google.protobuf.Timestamp", "google.protobuf.Duration",
    ]

    /// Parses, checks and compiles.
    /// - Throws: the first thing that is wrong with the expression, with its place.
    package func compile(_ source: String) throws(Diagnostic) -> CompiledExpression {
        try compileTyped(source).expression
    }

    /// As ``compile(_:)``, with the type that the checker found.
    package func compileTyped(
        _ source: String,
    ) throws(Diagnostic) -> (expression: CompiledExpression, type: RuleType) {
        var expression = try Parser.parse(source)
        var type = RuleType.dyn
        if !isUnchecked {
            var checker = Checker(self)
            (expression, type) = checker.check(expression)
            if let first = checker.diagnostics.first { throw first }
        }
        var constants = ConstantPool.Builder()
        let program = try Compiler.compile(expression, in: self, constants: &constants)
        return (program.expression(constants.pool()), type)
    }

    /// Full names that `name` may stand for, the most specific first (CEL specification, "Name Resolution").
    func candidates(for name: String, isRooted: Bool) -> [String] {
        guard !isRooted, !container.isEmpty else { return [name] }
        var parts = container.split(separator: ".")
        var names: [String] = []
        while !parts.isEmpty {
            names.append(parts.joined(separator: ".") + "." + name)
            parts.removeLast()
        }
        return names + [name]
    }

    func isVariable(_ name: String) -> Bool { variables[name] != nil }
}
