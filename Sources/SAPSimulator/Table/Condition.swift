import Foundation

/// A parsed WHERE clause over one table.
indirect enum Condition: Sendable {
    case all
    case and(Condition, Condition)
    case or(Condition, Condition)
    case not(Condition)
    case compare(column: Int, ConditionOperator, String)
    case between(column: Int, String, String)
    case isIn(column: Int, [String])
    case like(column: Int, String)
    case isNull(column: Int)

    /// Whether the row matches; text compares as padded with blanks, numbers compare as numbers.
    func matches(_ row: [String], _ fields: [FieldDefinition]) -> Bool {
        switch self {
        case .all: true
        case .and(let a, let b): a.matches(row, fields) && b.matches(row, fields)
        case .or(let a, let b): a.matches(row, fields) || b.matches(row, fields)
        case .not(let a): !a.matches(row, fields)
        case .compare(let column, let test, let value):
            test.holds(Self.order(row[column], value, fields[column]))
        case .between(let column, let low, let high):
            Self.order(row[column], low, fields[column]) >= 0
                && Self.order(row[column], high, fields[column]) <= 0
        case .isIn(let column, let values):
            values.contains { Self.order(row[column], $0, fields[column]) == 0 }
        case .like(let column, let pattern): Self.like(Array(row[column]), Array(pattern))
        case .isNull: false
        }
    }

    /// -1, 0 or 1.
    private static func order(_ a: String, _ b: String, _ field: FieldDefinition) -> Int {
        if field.isNumber {
            let left = Decimal(string: a.isEmpty ? "0" : a) ?? 0
            let right = Decimal(string: b.isEmpty ? "0" : b) ?? 0
            return left < right ? -1 : left == right ? 0 : 1
        }
        return order(field.wireText(a), field.wireText(b))
    }

    /// By code units, as SAP compares: two ways to write one letter are two texts.
    private static func order(_ a: String, _ b: String) -> Int {
        var (left, right) = (a.utf16.makeIterator(), b.utf16.makeIterator())
        while true {
            let units = (left.next(), right.next())
            if units == (nil, nil) { return 0 }
            let difference = Int(units.0 ?? 0x20) - Int(units.1 ?? 0x20)
            if difference != 0 { return difference.signum() }
        }
    }

    private static func like(_ text: [Character], _ pattern: [Character]) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "%" {
            return (0...text.count).contains { like(Array(text[$0...]), Array(pattern.dropFirst())) }
        }
        guard let letter = text.first, first == "_" || first == letter else { return false }
        return like(Array(text.dropFirst()), Array(pattern.dropFirst()))
    }
}

/// The comparisons of Open SQL, by word or sign.
enum ConditionOperator: Sendable {
    case equal, notEqual, less, greater, lessOrEqual, greaterOrEqual

    init?(_ word: String) {
        switch word {
        case "EQ", "=": self = .equal
        case "NE", "<>": self = .notEqual
        case "LT", "<": self = .less
        case "GT", ">": self = .greater
        case "LE", "<=": self = .lessOrEqual
        case "GE", ">=": self = .greaterOrEqual
        default: return nil
        }
    }

    func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .greater: order > 0
        case .lessOrEqual: order <= 0
        case .greaterOrEqual: order >= 0
        }
    }
}
