/// One node of a parsed expression.
final class Expression {
    indirect enum Kind {
        case literal(RuleValue)
        /// A name; `isRooted` where it began with a dot.
        case name(String, isRooted: Bool)
        case select(Expression, String)
        /// `has(e.f)`: the operand and the field.
        case has(Expression, String)
        /// A function (`target` nil), a method, or an operator such as `_+_`.
        case call(String, target: Expression?, [Expression])
        case list([Expression])
        case map([(key: Expression, value: Expression)])
        case and([Expression])
        case or([Expression])
        case conditional(Expression, Expression, Expression)
        case comprehension(Comprehension)
    }

    let kind: Kind
    let place: SourcePlace
    /// Nodes on the longest way down, itself included.
    let depth: Int

    init(_ kind: Kind, _ place: SourcePlace, depth: Int) {
        self.kind = kind
        self.place = place
        self.depth = depth
    }
}

/// One of the macros that go over a list or the keys of a map.
struct Comprehension {
    enum Macro: String { case all, exists, existsOne = "exists_one", map, filter }

    let macro: Macro
    let range: Expression
    let variable: String
    /// What decides about an element: of `map` with three arguments, and of all others.
    let predicate: Expression?
    /// What `map` makes of an element.
    let transform: Expression?
}
