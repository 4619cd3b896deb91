import CSAPNWRFC

extension RFCConnection {
    /// Calls a reader module and cuts its rows into the cells of the columns asked for.
    ///
    /// Cells are cut by the OFFSET and LENGTH that FIELDS comes back with, since its order may differ from the
    /// request's; a cell beyond the end of a row is blank, since the tail of a row is lost on the way (case C006).
    package mutating func readTable(_ call: TableCall) throws(SAPAccessError) -> TableBlock {
        try unsafe withFunction(call.module) { (function, connection) throws(SAPAccessError) in
            let parameters: RFCRecord = [
                "QUERY_TABLE": .text(call.table),
                "ROWCOUNT": .integer(Int64(max(call.rowCount, 1))),
                "OPTIONS": .table(call.options.map { ["TEXT": .text($0)] }),
                "FIELDS": .table(call.columns.map { ["FIELDNAME": .text($0)] }),
            ]
            try function.set(parameters)
            function.deactivate(except: ["OPTIONS", "FIELDS", "DATA"])
            try unsafe function.invoke(on: connection)
            let width = function.description.parameter("DATA")?.field.fields.first
            guard let width else { throw .interface(function: call.module, missing: "DATA") }
            return try function.withParameters { (container: borrowing RFCContainer) throws(SAPAccessError) in
                let cuts = try container.cuts(for: call)
                var block = TableBlock(columnCount: call.columns.count)
                try container.withTable("DATA") { (rows: borrowing RFCContainer) throws(SAPAccessError) in
                    try rows.cut(cuts, field: width.name, width: width.length, into: &block)
                }
                return block
            }
        }
    }
}

extension RFCContainer {
    /// Where each column asked for stands in a row.
    fileprivate func cuts(for call: TableCall) throws(SAPAccessError) -> [Range<Int>] {
        let number = RFCType.num
        let layout = [
            RFCFieldDescription(name: "FIELDNAME", type: .char, length: 30, decimals: 0),
            RFCFieldDescription(name: "OFFSET", type: number, length: 6, decimals: 0),
            RFCFieldDescription(name: "LENGTH", type: number, length: 6, decimals: 0),
        ]
        var found: [String: Range<Int>] = [:]
        try withTable("FIELDS") { (fields: borrowing RFCContainer) throws(SAPAccessError) in
            for row in try fields.rows(layout) {
                let name = try row.text("FIELDNAME")
                guard let offset = Int(try row.text("OFFSET")), let length = Int(try row.text("LENGTH")),
                    length > 0
                else {
                    // A module that leaves the layout out would make blanks of every cell.
                    throw .value(
                        field: "\(call.table)-\(name)", text: try row.text("LENGTH"),
                        expected: "a place in the rows of \(call.module)")
                }
                found[name] = offset..<(offset + length)
            }
        }
        var cuts: [Range<Int>] = []
        for column in call.columns {
            guard let range = found[column] else { throw .missing(field: "\(call.table)-\(column)") }
            cuts.append(range)
        }
        return cuts
    }

    /// Cuts all rows of DATA into cells, straight from the library's characters into the block's bytes.
    fileprivate func cut(
        _ cuts: [Range<Int>], field: String, width: Int, into block: inout TableBlock,
    ) throws(SAPAccessError) {
        let count = try rowCount()
        block.reserve(rows: count, bytes: count * min(width, (cuts.map(\.upperBound).max() ?? 0)) / 2)
        let buffer = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: width + 1)
        defer { unsafe buffer.deallocate() }
        for index in 0..<count {
            try moveTo(index)
            try unsafe withCharacters(field, length: width, in: buffer)
            for range in cuts {
                let cell = range.clamped(to: 0..<width)
                block.appendCell { bytes in
                    unsafe append(UnsafeBufferPointer(rebasing: buffer[cell]), to: &bytes)
                }
            }
        }
    }
}
