/// One node of a parsed expression.
final class Expression {
    indirect enum Kind {
        case literal(RuleValue)
        /// A literal with a point or an exponent, and its digits: a double, or a decimal beside one.
        case real(Double, String)
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
        /// A field of a record by its slot; an absent one is an error.
        case field(Expression, slot: Int)
        /// The same where an absent record makes an absent field: inside `has`.
        case optionalField(Expression, slot: Int)
        /// Whether a field of a record is there.
        case hasField(Expression, slot: Int)
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

    /// The same node with another content.
    func with(_ kind: Kind) -> Expression { Expression(kind, place, depth: depth) }
}

/// One of the macros that go over a list or the keys of a map.
struct Comprehension {
    enum Macro: String { case all, exists, existsOne = "exists_one", map, filter, sum }

    let macro: Macro
    let range: Expression
    let variable: String
    /// What decides about an element: of `map` with three arguments, and of all others.
    let predicate: Expression?
    /// What `map` makes of an element, or what of it `sum` adds.
    let transform: Expression?
    /// The sum of no elements.
    var start = RuleValue.int(0)
}
