/// A table for the terminal: columns as wide as their widest cell, numbers to the right.
package struct TextTable: Sendable {
    /// One column.
    package struct Column: Sendable {
        let title: String
        let isNumber: Bool

        /// A column of texts, or of numbers that stand to the right.
        package init(_ title: String, isNumber: Bool = false) {
            self.title = title
            self.isNumber = isNumber
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    /// A table without rows.
    package init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; missing cells are empty, cells beyond the columns are left out, and each cell stands
    /// on one line (``Swift/String/onOneLine``).
    package mutating func add(_ cells: [String]) {
        rows.append(
            columns.indices.map { cells.indices.contains($0) ? cells[$0].onOneLine : "" })
    }

    /// Title, rule and rows, each without trailing spaces and ended by a line break.
    package var text: String {
        let widths = columns.indices.map { index in
            rows.reduce(columns[index].title.count) { max($0, $1[index].count) }
        }
        var lines = [line(columns.map(\.title), widths), widths.map { String(repeating: "-", count: $0) }]
            .map { $0.joined(separator: "  ") }
        for row in rows { lines.append(line(row, widths).joined(separator: "  ")) }
        return lines.map { String($0.trimmingTrailingSpaces) + "\n" }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> [String] {
        zip(cells.indices, cells).map { index, cell in
            let padding = String(repeating: " ", count: widths[index] - cell.count)
            return columns[index].isNumber ? padding + cell : cell + padding
        }
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: Substring {
        var rest = self[...]
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
