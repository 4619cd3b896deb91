/// RFC_READ_TABLE as release 7.40 has it (facts: sap-ecc-domain.md section 1).
struct TableReader {
    let system: ECCSystem

    func call(_ arguments: CallArguments, _ session: Session) throws(RFCFailure) -> [String: RFCValue] {
        let name = arguments.text("QUERY_TABLE").trimmed
        guard let table = system.dictionary.tables[name], !system.faults.isAbsent(name) else {
            if system.dictionary.structures[name] != nil { throw .exception("TABLE_WITHOUT_DATA") }
            throw .exception("TABLE_NOT_AVAILABLE", messageClass: "SV", number: "029", name)
        }
        if system.faults.isDenied(table: name) { throw .exception("NOT_AUTHORIZED") }
        if table.fields.contains(where: { $0.letter == "g" }) {
            throw .dump(
                "ASSIGN_CASTING_ILLEGAL_CAST", "Error in statement ASSIGN ... CASTING in program SAPLSDTX")
        }
        let delimiter = arguments.text("DELIMITER")
        let names = arguments.rows("FIELDS").map { $0[0].trimmed }
        if names.isEmpty, Self.widerThanListed.contains(name) { throw Self.tooWide }
        let columns = try self.columns(names, table)
        let layout = try self.layout(columns, table, gap: delimiter.isEmpty ? 0 : 1)
        let clause = arguments.rows("OPTIONS").map { $0[0] }.joined(separator: " ")
        let condition = try ConditionParser.parse(clause, over: table)
        var data: [[String]] = []
        if arguments.text("NO_DATA").isEmpty {
            let rows = chosen(table, condition, arguments, session)
            data = rows.map { row in
                [columns.map { Self.cell(row[$0], table.fields[$0]) }.joined(separator: delimiter)]
            }
        }
        let fields = zip(columns, layout).map { column, place in
            let field = table.fields[column]
            return [field.name, Self.digits(place), Self.digits(field.length), field.letter, field.name]
        }
        return ["FIELDS": .table(fields), "DATA": .table(data), "OPTIONS": .table(arguments.rows("OPTIONS"))]
    }

    private static let tooWide = RFCFailure.exception("DATA_BUFFER_EXCEEDED")
    /// Tables of which the public facts list a part: all columns of theirs together fit into no row.
    private static let widerThanListed: Set<String> = ["RBKP"]

    private func columns(_ names: [String], _ table: StructureDefinition) throws(RFCFailure) -> [Int] {
        if names.isEmpty { return Array(table.fields.indices) }
        var columns: [Int] = []
        for name in names {
            guard let column = table.position(of: name) else { throw .exception("FIELD_NOT_VALID") }
            columns.append(column)
        }
        return columns
    }

    /// Where each column begins.
    private func layout(_ columns: [Int], _ table: StructureDefinition, gap: Int) throws(RFCFailure) -> [Int]
    {
        var offset = 0
        var places: [Int] = []
        for column in columns {
            places.append(offset)
            offset += table.fields[column].length + gap
        }
        guard offset - gap <= 512 else { throw Self.tooWide }
        return places
    }

    /// The matching rows in an order of no meaning, which another call does not repeat.
    private func chosen(
        _ table: StructureDefinition, _ condition: Condition, _ arguments: CallArguments, _ session: Session,
    ) -> [[String]] {
        let all = system.tables.committed(table, client: session.client, at: system.instant())
        let matching = system.shuffled(all.filter { condition.matches($0, table.fields) })
        let skipped = matching.dropFirst(max(0, arguments.integer("ROWSKIPS")))
        let limit = arguments.integer("ROWCOUNT")
        return Array(limit > 0 ? skipped.prefix(limit) : skipped)
    }

    /// One value in its column: text on the left, numbers on the right with the sign behind them.
    static func cell(_ value: String, _ field: FieldDefinition) -> String {
        let width = field.length
        guard field.isNumber else {
            return fitted(field.letter == "N" ? zeroes(value, width) : field.wireText(value), width)
        }
        let negative = value.hasPrefix("-")
        let digits = field.wireText(negative ? String(value.dropFirst()) : value)
        var text = withDecimals(digits, field.decimals) + (negative ? "-" : " ")
        if text.count > width, !negative { text.removeLast() }
        // What does not fit loses its leading digits behind a star.
        if text.count > width { return "*" + text.suffix(width - 1) }
        return String(repeating: " ", count: width - text.count) + text
    }

    /// As many code units as the column has: what a letter or an emoji is made of takes a place each.
    private static func fitted(_ text: String, _ width: Int) -> String {
        let missing = width - text.utf16.count
        guard missing < 0 else { return text + String(repeating: " ", count: missing) }
        return String(decoding: Array(text.utf16.prefix(width)), as: UTF16.self)
    }

    private static func zeroes(_ value: String, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - value.count)) + value
    }

    private static func withDecimals(_ digits: String, _ decimals: Int) -> String {
        guard decimals > 0 else { return digits }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? parts[1] : ""
        return parts[0] + "." + fraction + String(repeating: "0", count: max(0, decimals - fraction.count))
    }

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 6 - text.count)) + text
    }
}
