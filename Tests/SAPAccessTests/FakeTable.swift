import SAPAccess
import Synchronization

/// A reader module over rows in memory: it reads OPTIONS by a grammar of its own and shuffles what it finds.
final class FakeTable: TableBackend {
    let definition: TableDefinition
    private let rows: Mutex<[[String: String]]>
    private let log = Mutex<[TableCall]>([])
    /// Every call that came, in order.
    var calls: [TableCall] { log.withLock { $0 } }
    /// Called before each call after the first with how many came before.
    private let between: @Sendable (Int) -> [String: String]?

    init(
        _ definition: TableDefinition, rows: [[String: String]],
        between: @escaping @Sendable (Int) -> [String: String]? = { _ in nil },
    ) {
        self.definition = definition
        self.rows = Mutex(rows)
        self.between = between
    }

    func describe(_ function: String) async throws -> RFCFunctionDescription {
        guard function == "RFC_READ_TABLE" else {
            throw SAPAccessError.rfc(
                RFCError(operation: function, origin: .call, code: .abapException, key: "FU_NOT_FOUND"))
        }
        let names = ["QUERY_TABLE", "ROWCOUNT", "OPTIONS", "FIELDS", "DATA"]
        return RFCFunctionDescription(
            name: function,
            parameters: names.map { name in
                RFCParameterDescription(
                    direction: .tables,
                    field: RFCFieldDescription(name: name, type: .char, length: 1, decimals: 0),
                    isOptional: true)
            })
    }

    func callUnchecked(
        _ function: String, _ parameters: RFCRecord, results: [String],
    ) async throws -> RFCRecord {
        let rows: [RFCRecord] = definition.columns.map { column in
            [
                "FIELDNAME": .text(column.name), "KEYFLAG": .text(column.isKey ? "X" : ""),
                "DATATYPE": .text(column.type), "LENG": .text("00" + String(column.length)),
                "DECIMALS": .text("0"),
            ]
        }
        return ["DFIES_TAB": .table(rows)]
    }

    func readBlock(_ call: TableCall) async throws -> TableBlock {
        let before = log.withLock { calls in
            calls.append(call)
            return calls.count - 1
        }
        if before > 0, let row = between(before) { rows.withLock { $0.append(row) } }
        let clause = OptionsGrammar(call.options)
        let width = call.columns.reduce(0) { $0 + (definition.column($1)?.length ?? 0) }
        guard width <= 512 else {
            throw SAPAccessError.rfc(
                RFCError(
                    operation: call.module, origin: .call, code: .abapException, key: "DATA_BUFFER_EXCEEDED"))
        }
        let found = rows.withLock { $0.filter(clause.matches) }.shuffled().prefix(call.rowCount)
        let bytes = found.flatMap { row in call.columns.flatMap { Array((row[$0] ?? "").utf8) } }
        var ends: [UInt32] = []
        var end: UInt32 = 0
        for row in found {
            for column in call.columns {
                end += UInt32((row[column] ?? "").utf8.count)
                ends.append(end)
            }
        }
        return TableBlock(columnCount: call.columns.count, bytes: bytes, ends: ends)
            ?? TableBlock(columnCount: call.columns.count)
    }
}

/// Reads `A EQ 'x' AND ( B GE 'y' OR C IN ( 'z' ) )`: just enough of a WHERE clause to judge ours.
struct OptionsGrammar {
    private let tokens: [String]

    init(_ options: [String]) {
        tokens = options.joined(separator: " ").split(separator: " ").map(String.init)
    }

    func matches(_ row: [String: String]) -> Bool {
        var position = 0
        return tokens.isEmpty || either(row, &position)
    }

    private func either(_ row: [String: String], _ position: inout Int) -> Bool {
        var result = both(row, &position)
        while position < tokens.count, tokens[position] == "OR" {
            position += 1
            let right = both(row, &position)
            result = result || right
        }
        return result
    }

    private func both(_ row: [String: String], _ position: inout Int) -> Bool {
        var result = comparison(row, &position)
        while position < tokens.count, tokens[position] == "AND" {
            position += 1
            let right = comparison(row, &position)
            result = result && right
        }
        return result
    }

    private func comparison(_ row: [String: String], _ position: inout Int) -> Bool {
        if tokens[position] == "(" {
            position += 1
            let result = either(row, &position)
            position += 1
            return result
        }
        let value = row[tokens[position]] ?? ""
        let word = tokens[position + 1]
        position += 2
        if word == "IN" {
            var found = false
            while tokens[position] != ")" {
                if tokens[position] == "'\(value)'" { found = true }
                position += 1
            }
            position += 1
            return found
        }
        let literal = String(tokens[position].dropFirst().dropLast())
        position += 1
        switch word {
        case "EQ": return value == literal
        case "NE": return value != literal
        case "GE": return value >= literal
        case "LE": return value <= literal
        case "GT": return value > literal
        default: return value < literal
        }
    }
}
