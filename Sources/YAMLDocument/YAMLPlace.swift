/// Where something stands in a file.
package struct YAMLPlace: Hashable, Sendable {
    /// The file's name as it was given to the parser.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in characters.
    package let column: Int

    /// An error at this place.
    package func error(_ problem: String) -> YAMLError {
        YAMLError(file: file, line: line, column: column, problem: problem)
    }
}
