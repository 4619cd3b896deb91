/// The names that an expression may use, and the one way to compile it.
package struct RuleEnvironment: Sendable {
    /// Variables by their full name.
    package var variables: Set<String>
    /// The name-space that names are looked up in, innermost first; empty for none.
    package var container: String
    /// Whether an unknown name or function is an error only when the evaluation reaches it.
    ///
    /// Rules are never compiled so; the conformance tests that switch the checker off are.
    package var defersUnknownNames: Bool

    /// Names without a container.
    package init(variables: Set<String>, container: String = "", defersUnknownNames: Bool = false) {
        self.variables = variables
        self.container = container
        self.defersUnknownNames = defersUnknownNames
    }

    static let typeNames: Set<String> = [
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type", "decimal",
        "date",
        "google.protobuf.Timestamp", "google.protobuf.Duration",
    ]

    /// Parses and compiles.
    /// - Throws: the first thing that is wrong with the expression, with its place.
    package func compile(_ source: String) throws(Diagnostic) -> CompiledExpression {
        let expression = try Parser.parse(source)
        return try Compiler.compile(expression, in: self)
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

    func unknown(_ name: String) -> String { "the name \"\(name)\" is not known here" }
}
