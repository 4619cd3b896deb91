/// Parses what stands in OPTIONS: tokens must be parted by blanks, as the classic module wants it.
struct ConditionParser {
    private enum Token: Hashable {
        case word(String)
        case literal(String)
        case open, close, comma
    }

    private let table: StructureDefinition
    private var tokens: [Token] = []
    private var next = 0

    /// - Throws: `OPTION_NOT_VALID` for what is no clause, the dump of a literal too long for its column.
    static func parse(_ text: String, over table: StructureDefinition) throws(RFCFailure) -> Condition {
        var parser = ConditionParser(table: table)
        try parser.cut(text)
        guard !parser.tokens.isEmpty else { return .all }
        let condition = try parser.alternatives()
        guard parser.next == parser.tokens.count else { throw Self.refused }
        return condition
    }

    private init(table: StructureDefinition) { self.table = table }

    private static let refused = RFCFailure.exception("OPTION_NOT_VALID")

    private mutating func cut(_ text: String) throws(RFCFailure) {
        var rest = text[...]
        while let character = rest.first {
            switch character {
            case " ": rest.removeFirst()
            case "(", ")", ",":
                tokens.append(character == "(" ? .open : character == ")" ? .close : .comma)
                rest.removeFirst()
            case "'": tokens.append(.literal(try Self.literal(&rest)))
            default:
                let word = rest.prefix { !" (),".contains($0) }
                guard !word.contains("'") else { throw Self.refused }
                tokens.append(.word(String(word)))
                rest = rest.dropFirst(word.count)
            }
        }
    }

    private static func literal(_ rest: inout Substring) throws(RFCFailure) -> String {
        var value = ""
        rest.removeFirst()
        while let character = rest.popFirst() {
            guard character == "'" else {
                value.append(character)
                continue
            }
            guard rest.first == "'" else { return value }
            rest.removeFirst()
            value.append("'")
        }
        throw refused
    }

    private mutating func take() -> Token? {
        guard next < tokens.count else { return nil }
        defer { next += 1 }
        return tokens[next]
    }

    private mutating func takes(_ word: String) -> Bool {
        guard next < tokens.count, tokens[next] == .word(word) else { return false }
        next += 1
        return true
    }

    private mutating func alternatives() throws(RFCFailure) -> Condition {
        var left = try conjunction()
        while takes("OR") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(RFCFailure) -> Condition {
        var left = try part()
        while takes("AND") { left = .and(left, try part()) }
        return left
    }

    private mutating func part() throws(RFCFailure) -> Condition {
        if takes("NOT") { return .not(try part()) }
        switch take() {
        case .open:
            let inner = try alternatives()
            guard take() == .close else { throw Self.refused }
            return inner
        case .word(let name):
            guard let column = table.position(of: name) else { throw Self.refused }
            return try comparison(column)
        default: throw Self.refused
        }
    }

    private mutating func comparison(_ column: Int) throws(RFCFailure) -> Condition {
        let negated = takes("NOT")
        guard case .word(let word) = take() else { throw Self.refused }
        let condition: Condition
        switch word {
        case "BETWEEN":
            let low = try value(column)
            guard takes("AND") else { throw Self.refused }
            condition = .between(column: column, low, try value(column))
        case "IN":
            guard take() == .open else { throw Self.refused }
            var values = [try value(column)]
            while next < tokens.count, tokens[next] == .comma {
                next += 1
                values.append(try value(column))
            }
            guard take() == .close else { throw Self.refused }
            condition = .isIn(column: column, values)
        case "LIKE":
            guard case .literal(let pattern) = take() else { throw Self.refused }
            condition = .like(column: column, pattern)
        case "IS":
            let not = takes("NOT")
            guard takes("NULL") else { throw Self.refused }
            condition = not ? .not(.isNull(column: column)) : .isNull(column: column)
        default:
            guard let test = ConditionOperator(word) else { throw Self.refused }
            condition = .compare(column: column, test, try value(column))
        }
        return negated ? .not(condition) : condition
    }

    private mutating func value(_ column: Int) throws(RFCFailure) -> String {
        let field = table.fields[column]
        switch take() {
        case .literal(let text):
            let impossible = field.letter == "D" && !Self.isDate(text)
            guard field.isNumber || text.utf16.count <= field.length, !impossible else {
                throw .dump("SAPSQL_DATA_LOSS", "A data was lost while copying a value.")
            }
            return text
        case .word(let word) where field.isNumber && word.allSatisfy({ $0.isNumber || "-.".contains($0) }):
            return word
        default: throw Self.refused
        }
    }

    /// Initial dates pass; the 31st of February does not.
    private static func isDate(_ text: String) -> Bool {
        guard text.allSatisfy({ $0 == "0" || $0 == " " }) == false else { return true }
        guard text.count == 8, let number = Int(text) else { return false }
        let (year, month, day) = (number / 10000, number / 100 % 100, number % 100)
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && day >= 1 && day <= days[month - 1]
    }
}
