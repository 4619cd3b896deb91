/// One tag of a template that stands for a value, with what stands inside it.
struct TemplateTag: Sendable {
    enum Kind: Sendable { case variable, unescaped, section, inverted }

    let kind: Kind
    /// Names between the dots; empty for `.` and for a function without a value, `last()`.
    let path: [String]
    /// Functions from the outermost to the innermost, `uppercased` of `{{uppercased(plant)}}`.
    let functions: [String]
    /// Line and column of the tag's first brace in the template's text, from 1.
    let line: Int
    let column: Int
    /// What a section holds.
    var children: [TemplateTag]

    /// As it was written between the braces.
    var text: String {
        let name = path.isEmpty && functions.isEmpty ? "." : path.joined(separator: ".")
        return functions.reversed().reduce(name) { "\($1)(\($0))" }
    }
}

/// Something wrong with a template, at a place of its text.
struct TemplateProblem: Error, Hashable, Sendable {
    let line: Int
    let column: Int
    let sentence: String
    var suggestion: String?
}
