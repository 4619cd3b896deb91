/// The functions, methods and operators of the language.
enum Function: UInt8, BitwiseCopyable, CaseIterable, Sendable {
    case add, subtract, multiply, divide, modulo, negate, not
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, contained, index
    case size, contains, startsWith, endsWith, matches
    case int, uint, double, string, bytes, bool, type, dyn, timestamp, duration, decimal, date
    case getFullYear, getMonth, getDate, getDayOfMonth, getDayOfWeek, getDayOfYear
    case getHours, getMinutes, getSeconds, getMilliseconds
    /// Ours, beside those of the specification (facts/rules.md section 5).
    case div, round, floor, abs, days, key

    private enum Form { case function, method, both }

    private var signature: (name: String, form: Form, counts: ClosedRange<Int>) {
        switch self {
        case .add: ("_+_", .function, 2...2)
        case .subtract: ("_-_", .function, 2...2)
        case .multiply: ("_*_", .function, 2...2)
        case .divide: ("_/_", .function, 2...2)
        case .modulo: ("_%_", .function, 2...2)
        case .negate: ("-_", .function, 1...1)
        case .not: ("!_", .function, 1...1)
        case .equal: ("_==_", .function, 2...2)
        case .notEqual: ("_!=_", .function, 2...2)
        case .less: ("_<_", .function, 2...2)
        case .lessOrEqual: ("_<=_", .function, 2...2)
        case .greater: ("_>_", .function, 2...2)
        case .greaterOrEqual: ("_>=_", .function, 2...2)
        case .contained: ("_in_", .function, 2...2)
        case .index: ("_[_]", .function, 2...2)
        case .size: ("size", .both, 1...1)
        case .matches: ("matches", .both, 2...2)
        case .contains, .startsWith, .endsWith: ("\(self)", .method, 2...2)
        case .date: ("date", .function, 1...2)
        case .div: ("div", .function, 3...3)
        case .round, .floor: ("\(self)", .method, 2...2)
        case .abs: ("abs", .method, 1...1)
        case .int, .uint, .double, .string, .bytes, .bool, .type, .dyn, .timestamp, .duration, .decimal,
            .days, .key:
            ("\(self)", .function, 1...1)
        case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getHours,
            .getMinutes, .getSeconds, .getMilliseconds:
            ("\(self)", .method, 1...2)
        }
    }

    /// The function of that name that takes `count` values, the target of a method included.
    static func find(_ name: String, isMethod: Bool, count: Int) -> Function? {
        allCases.first { function in
            let (own, form, counts) = function.signature
            return own == name && counts.contains(count) && form != (isMethod ? .function : .method)
        }
    }

    /// The name as it is written, or the operator's sign.
    var name: String {
        let name = signature.name
        return name.contains("_") && self != .index ? name.filter { $0 != "_" } : name
    }

    /// "did you mean …?" for a name that is nearly one of these.
    static func hint(for name: String) -> String? {
        NearestName.hint(for: name, among: allCases.map(\.signature.name).filter { !$0.contains("_") })
    }
}
