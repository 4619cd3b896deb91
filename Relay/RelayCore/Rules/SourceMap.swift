internal import RuleLanguage
internal import YAMLDocument

/// Finds the place in a file of what stands at some place in the text of one of its scalars.
///
/// YAML folds lines, cuts indentation and resolves quotes; the map walks along file and text together, so that
/// line and column of a diagnostic are those of the file for plain, quoted and block scalars alike.
struct SourceMap: Sendable {
    private let places: [(line: Int, column: Int)]
    private let lineStarts: [Int]

    init(_ node: YAMLNode, lines: [[Unicode.Scalar]]) {
        let text = Array((try? node.string())?.unicodeScalars ?? "".unicodeScalars)
        var places: [(line: Int, column: Int)] = []
        places.reserveCapacity(text.count + 1)
        var starts = [0]
        var cursor = Cursor(lines: lines, line: node.place.line - 1, column: node.place.column - 1)
        cursor.skipIndicator()
        for (offset, scalar) in text.enumerated() {
            if scalar == "\n" { starts.append(offset + 1) }
            places.append(cursor.match(scalar))
        }
        places.append(cursor.here)
        self.places = places
        lineStarts = starts
    }

    /// The place in the file of a line and a column of the text, both from 1.
    func place(line: Int, column: Int) -> (line: Int, column: Int) {
        let start = lineStarts[min(max(line, 1), lineStarts.count) - 1]
        return places[min(max(start + column - 1, 0), places.count - 1)]
    }

    func place(_ place: SourcePlace) -> (line: Int, column: Int) {
        self.place(line: place.line, column: place.column)
    }

    /// Where in the file the walk is.
    private struct Cursor {
        private let lines: [[Unicode.Scalar]]
        private var line: Int
        private var column: Int

        init(lines: [[Unicode.Scalar]], line: Int, column: Int) {
            self.lines = lines
            self.line = line
            self.column = column
        }

        var here: (line: Int, column: Int) { (line + 1, column + 1) }

        /// A block scalar begins on the line below its `|` or `>`, a quoted one behind its quote.
        mutating func skipIndicator() {
            guard line < lines.count, column < lines[line].count else { return }
            switch lines[line][column] {
            case "|", ">":
                line += 1
                column = 0
            case "\"", "'": column += 1
            default: break
            }
        }

        /// The place of the next character of the text; stays where it is for what the file does not spell out.
        mutating func match(_ scalar: Unicode.Scalar) -> (line: Int, column: Int) {
            let isBlank = scalar.properties.isWhitespace
            var (row, at) = (line, column)
            var steps = 0
            while row < lines.count, steps < 4_096 {
                steps += 1
                if at >= lines[row].count {
                    if isBlank {
                        let found = (row + 1, at + 1)
                        (line, column) = (row + 1, 0)
                        return found
                    }
                    (row, at) = (row + 1, 0)
                    continue
                }
                let read = lines[row][at]
                if read == scalar {
                    (line, column) = (row, at + 1)
                    return (row + 1, at + 1)
                }
                // Indentation, and the first half of a doubled quote or an escape.
                guard !isBlank, read.properties.isWhitespace || read == "\\" || read == "'" else { break }
                at += 1
            }
            return here
        }
    }
}
