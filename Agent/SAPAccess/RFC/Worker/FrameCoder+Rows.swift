// Blocks of rows on the pipe: the cells' bytes and their ends as they lie in memory, in pieces.

extension FrameWriter {
    /// Rows `rows` of a block, with ends counted from the first of them.
    mutating func put(_ block: TableBlock, rows: Range<Int>) {
        let cells = rows.lowerBound * block.columnCount..<rows.upperBound * block.columnCount
        let start = cells.lowerBound == 0 ? 0 : block.ends[cells.lowerBound - 1]
        let end = cells.isEmpty ? start : block.ends[cells.upperBound - 1]
        put(count: block.columnCount)
        put(rebased: block.ends[cells], from: start)
        put(block.bytes[Int(start)..<Int(end)])
    }
}

extension FrameReader {
    /// A block, or a piece of one.
    mutating func takeBlock() throws(FrameError) -> TableBlock {
        let columnCount = Int(try takeNumber())
        let ends = try takeNumbers()
        let bytes = Array(try takeBytes())
        guard let block = TableBlock(columnCount: columnCount, bytes: bytes, ends: ends) else {
            throw .malformed
        }
        return block
    }
}

extension TableBlock {
    /// Runs of rows that make about `bytes` each on the pipe: one at least, so that an empty block is sent too.
    func pieces(ofBytes bytes: Int) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var first = 0
        var start = 0
        for row in 0..<rowCount {
            let end = Int(ends[(row + 1) * columnCount - 1])
            guard end - start + (row + 1 - first) * columnCount * 4 > bytes, row > first else { continue }
            pieces.append(first..<row)
            first = row
            start = Int(ends[row * columnCount - 1])
        }
        pieces.append(first..<rowCount)
        return pieces
    }
}
