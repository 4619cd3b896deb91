/// One call of a reader module: which columns of which rows, in the words that go to SAP.
package struct TableCall: Hashable, Sendable {
    package var module: String
    package var table: String
    package var columns: [String]
    /// The clause, already split into rows of OPTIONS.
    package var options: [String]
    /// Greatest number of rows to return; 0 is refused, since it means all (a memory dump on big tables).
    package var rowCount: Int

    package init(module: String, table: String, columns: [String], options: [String], rowCount: Int) {
        self.module = module
        self.table = table
        self.columns = columns
        self.options = options
        self.rowCount = rowCount
    }
}

/// Rows as they came, cut into cells: UTF-8 without trailing blanks, one cell after the other.
///
/// Flat on purpose: a block crosses the worker's pipe as it is, and a cell becomes a string only when it is read.
package struct TableBlock: Hashable, Sendable {
    package let columnCount: Int
    package private(set) var rowCount: Int
    /// Bytes of all cells, row by row, in the order of the columns asked for.
    package private(set) var bytes: [UInt8]
    /// Where each cell ends in `bytes`.
    package private(set) var ends: [UInt32]

    package init(columnCount: Int) {
        self.columnCount = columnCount
        rowCount = 0
        bytes = []
        ends = []
    }

    /// A block from its parts, as they came over a pipe; nil if they do not fit together.
    package init?(columnCount: Int, bytes: [UInt8], ends: [UInt32]) {
        guard columnCount > 0, ends.count.isMultiple(of: columnCount) else { return nil }
        var last: UInt32 = 0
        for end in ends {
            guard end >= last else { return nil }
            last = end
        }
        guard Int(last) == bytes.count else { return nil }
        self.columnCount = columnCount
        self.bytes = bytes
        self.ends = ends
        rowCount = ends.count / columnCount
    }

    /// Bytes of one cell.
    package func cell(row: Int, column: Int) -> ArraySlice<UInt8> {
        let index = row * columnCount + column
        let start = index == 0 ? 0 : Int(ends[index - 1])
        return bytes[start..<Int(ends[index])]
    }

    /// Text of one cell.
    package func text(row: Int, column: Int) -> String {
        String(decoding: cell(row: row, column: column), as: UTF8.self)
    }

    /// Appends the rows of another block of as many columns.
    mutating func append(_ other: TableBlock) {
        let base = UInt32(truncatingIfNeeded: bytes.count)
        bytes += other.bytes
        ends += other.ends.map { base + $0 }
        rowCount = ends.count / columnCount
    }

    /// Appends a cell by what `write` adds to the bytes; the last cell of a row ends it.
    mutating func appendCell(_ write: (inout [UInt8]) -> Void) {
        write(&bytes)
        ends.append(UInt32(truncatingIfNeeded: bytes.count))
        if ends.count.isMultiple(of: columnCount) { rowCount = ends.count / columnCount }
    }

    mutating func reserve(rows: Int, bytes count: Int) {
        bytes.reserveCapacity(count)
        ends.reserveCapacity(rows * columnCount)
    }
}
