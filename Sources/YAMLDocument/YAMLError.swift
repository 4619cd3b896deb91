/// What is wrong with a YAML file, and where.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as it was given to the parser.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in characters.
    package let column: Int
    /// What is wrong, in one sentence without place.
    package let problem: String

    /// An error at a place.
    package init(file: String, line: Int, column: Int, problem: String) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
    }

    /// `file:line:column: problem`.
    package var description: String { "\(file):\(line):\(column): \(problem)" }
}
