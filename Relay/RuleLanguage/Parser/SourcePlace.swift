/// Where something stands in an expression.
package struct SourcePlace: Hashable, Sendable {
    /// Counts from 1.
    package let line: Int
    /// Counts from 1, in code points.
    package let column: Int
}

/// Why an expression is refused.
package struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the expression.
    package let place: SourcePlace
    /// What is wrong and, where it can be told, what would be right.
    package let problem: String

    package var description: String { "\(place.line):\(place.column): \(problem)" }
}
