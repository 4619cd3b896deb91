/// How the columns of a query are spread over reads of at most 512 characters a row, each with the whole key.
struct Projections {
    /// Columns of each read; all start with the key.
    let parts: [[String]]
    /// Columns of the joined rows: the key, then what was asked for.
    let columns: [TableColumn]
    private let keyCount: Int

    /// - Throws: `SAPAccessError.selection` for a column that the table lacks or that a reader cannot bring.
    init(query: TableQuery, of table: TableDefinition) throws(SAPAccessError) {
        let keys = table.keys
        let keyNames = Set(keys.map(\.name))
        let keyWidth = keys.reduce(0) { $0 + $1.length }
        var others: [TableColumn] = []
        var seen = keyNames
        for name in query.columns where seen.insert(name).inserted {
            guard let column = table.column(name) else {
                throw .selection(table: table.name, problem: "it has no column \(name)")
            }
            guard !column.isUnreadable, keyWidth + column.length <= TableReader.rowWidth else {
                throw .selection(table: table.name, problem: "\(name) cannot be read by a reader module")
            }
            others.append(column)
        }
        var parts: [[String]] = []
        var part = keys.map(\.name)
        var width = keyWidth
        for column in others {
            if width + column.length > TableReader.rowWidth {
                parts.append(part)
                part = keys.map(\.name)
                width = keyWidth
            }
            part.append(column.name)
            width += column.length
        }
        parts.append(part)
        self.parts = parts
        columns = keys + others
        keyCount = keys.count
    }

    /// Joins reads of one range by key, never by position (case C009).
    ///
    /// A row that one of the reads lacks came or went in between: it is left out, and the next poll finds it
    /// whole.
    func joined(_ blocks: [TableBlock]) -> TableBlock {
        guard let first = blocks.first, blocks.count > 1 else {
            return blocks.first ?? TableBlock(columnCount: 1)
        }
        var rowOfKey: [[[UInt8]: Int]] = []
        for block in blocks.dropFirst() {
            var rows: [[UInt8]: Int] = [:]
            rows.reserveCapacity(block.rowCount)
            for row in 0..<block.rowCount { rows[key(of: row, in: block)] = row }
            rowOfKey.append(rows)
        }
        var result = TableBlock(columnCount: columns.count)
        for row in 0..<first.rowCount {
            let key = key(of: row, in: first)
            let others = rowOfKey.compactMap { $0[key] }
            guard others.count == rowOfKey.count else { continue }
            for column in 0..<first.columnCount {
                result.appendCell { $0.append(contentsOf: first.cell(row: row, column: column)) }
            }
            for (block, row) in zip(blocks.dropFirst(), others) {
                for column in keyCount..<block.columnCount {
                    result.appendCell { $0.append(contentsOf: block.cell(row: row, column: column)) }
                }
            }
        }
        return result
    }

    /// The key of a row as bytes: cells, each behind a byte that no UTF-8 holds.
    private func key(of row: Int, in block: TableBlock) -> [UInt8] {
        var result: [UInt8] = []
        for column in 0..<keyCount {
            let cell = block.cell(row: row, column: column)
            result.append(0xFF)
            result.append(contentsOf: cell)
        }
        return result
    }
}
