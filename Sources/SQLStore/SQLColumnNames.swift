/// The names of a result's columns, shared by all its rows.
package struct SQLColumnNames: Sendable {
    private let names: [String]

    /// Names in the order of the columns; of two equal names the first is found.
    package init(_ names: [String]) { self.names = names }

    /// How many columns there are.
    package var count: Int { names.count }

    /// The name at `index`, or a text that says its position where there is none.
    package subscript(index: Int) -> String { names.indices.contains(index) ? names[index] : "#\(index)" }

    /// Where the column `name` stands, nil where there is none.
    ///
    /// Rows are narrow, so a walk beats a dictionary.
    package func index(of name: String) -> Int? { names.firstIndex(of: name) }
}
