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
    /// What is wrong.
    package let problem: String
    /// What was probably meant, or what to write instead.
    package let suggestion: String?

    init(place: SourcePlace, problem: String, suggestion: String? = nil) {
        self.place = place
        self.problem = problem
        self.suggestion = suggestion
    }

    /// Line, column, problem and suggestion.
    package var description: String {
        "\(place.line):\(place.column): \(problem)" + (suggestion.map { "; \($0)" } ?? "")
    }
}
