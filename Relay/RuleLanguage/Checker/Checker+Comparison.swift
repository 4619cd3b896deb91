internal import Values

/// What may be compared with what, and how the two sides are brought together.
extension Checker {
    /// Types that null may stand beside (CEL specification: wrappers and messages).
    static func takesNull(_ type: RuleType) -> Bool {
        switch type {
        case .null, .dyn, .unknown, .timestamp, .duration: true
        default: false
        }
    }

    /// Reads literals beside a decimal exactly, and texts beside a key as keys.
    mutating func unify(_ left: inout Checked, _ right: inout Checked) {
        if left.type == .decimal { toDecimal(&right) } else if right.type == .decimal { toDecimal(&left) }
    }

    /// Turns number literals, wherever they stand in this part, into decimals.
    mutating func toDecimal(_ part: inout Checked) {
        switch part.expression.kind {
        case .real(_, let digits):
            guard let number = try? ExactDecimal(parsing: digits) else {
                report(
                    part.expression.place, "\(digits) cannot be read as a decimal",
                    "write at most 38 digits, 18 of them behind the point, without an exponent")
                part.type = .unknown
                return
            }
            part = (part.expression.with(.literal(.decimal(number))), .decimal)
        case .literal(.int(let number)):
            part = (part.expression.with(.literal(.decimal(ExactDecimal(number)))), .decimal)
        case .list(let items):
            var isDecimal = true
            let exact = items.map { item in
                var checked: Checked = (item, Self.literalType(item))
                toDecimal(&checked)
                isDecimal = isDecimal && checked.type == .decimal
                return checked.expression
            }
            guard isDecimal else { return }
            part = (Self.folded(part.expression.with(.list(exact))), .list(.decimal))
        case .literal(.list(let values)):
            let exact = values.compactMap { value -> RuleValue? in
                switch value {
                case .int(let number): .decimal(ExactDecimal(number))
                case .decimal: value
                default: nil
                }
            }
            guard exact.count == values.count else { return }
            part = (part.expression.with(.literal(.list(exact))), .list(.decimal))
        case .conditional(let condition, let yes, let no):
            var (one, other): (Checked, Checked) = (
                (yes, Self.literalType(yes)), (no, Self.literalType(no))
            )
            toDecimal(&one)
            toDecimal(&other)
            guard one.type == .decimal, other.type == .decimal else { return }
            part = (
                part.expression.with(.conditional(condition, one.expression, other.expression)), .decimal
            )
        default: break
        }
    }

    private static func literalType(_ expression: Expression) -> RuleType {
        switch expression.kind {
        case .literal(let value): type(of: value)
        case .real: .double
        default: .unknown
        }
    }

    /// Texts beside a key lose their leading zeros as keys have lost theirs; so do those of a list, and the keys of a
    /// map, that is written out.
    static func toKey(_ part: Checked) -> Checked {
        switch (part.expression.kind, part.type) {
        case (.literal(.string(let text)), _):
            return (part.expression.with(.literal(.string(SAPKey(text).stripped))), .key)
        case (.literal(.list(let values)), .list(.string)):
            let keys = values.map { value in
                if case .string(let text) = value { RuleValue.string(SAPKey(text).stripped) } else { value }
            }
            return (part.expression.with(.literal(.list(keys))), .list(.key))
        case (.list(let items), .list(.string)):
            let keys = items.map { toKey(($0, .string)).expression }
            return (part.expression.with(.list(keys)), .list(.key))
        case (.map(let entries), .map(.string, let value)):
            let keys = entries.map { (key: toKey(($0.key, .string)).expression, value: $0.value) }
            return (part.expression.with(.map(keys)), .map(.key, value))
        case (_, .string):
            return (part.expression.with(.call("key", target: nil, [part.expression])), .key)
        default: return part
        }
    }

    /// `==` and `!=`.
    mutating func checkEquality(_ left: inout Checked, _ right: inout Checked, _ place: SourcePlace) {
        unify(&left, &right)
        if [.key, .list(.key)].contains(left.type) {
            right = Self.toKey(right)
        } else if [.key, .list(.key)].contains(right.type) {
            left = Self.toKey(left)
        }
        if left.type.isRecord || right.type.isRecord {
            report(place, "records cannot be compared", "compare their fields")
            return
        }
        guard !Self.areComparable(left.type, right.type) else { return }
        reportUnlike(left, right, place, "compared")
    }

    /// `in`: a list, or the keys of a map.
    mutating func checkContained(_ value: inout Checked, _ container: inout Checked, _ place: SourcePlace) {
        if value.type == .decimal { toDecimal(&container) }
        if value.type == .key { container = Self.toKey(container) }
        let element: RuleType
        switch container.type {
        case .list(let type): element = type
        case .map(let key, _): element = key
        case .dyn, .unknown: return
        default:
            report(
                place, "in looks into a list or a map, not into \(Self.article(container.type))",
                container.type.isText ? "write container.contains(part) for texts" : nil)
            return
        }
        if element == .key { value = Self.toKey(value) }
        if element == .decimal { toDecimal(&value) }
        guard !Self.areComparable(value.type, element) else { return }
        report(
            place, "\(Self.article(value.type)) is never in a list of \(element)",
            Self.advice(value, (container.expression, element)))
    }

    private static func areComparable(_ left: RuleType, _ right: RuleType) -> Bool {
        if left == right || left.isOpen || right.isOpen { return true }
        if left.isPlainNumber, right.isPlainNumber { return true }
        switch (left, right) {
        case (.decimal, .int), (.decimal, .uint), (.int, .decimal), (.uint, .decimal): return true
        case (.key, .string), (.string, .key): return true
        case (.null, let other), (let other, .null): return takesNull(other)
        case (.list(let a), .list(let b)): return areComparable(a, b)
        case (.map(let a, let b), .map(let c, let d)): return areComparable(a, c) && areComparable(b, d)
        default: return false
        }
    }

    /// `<` and its kind.
    mutating func checkOrder(_ left: inout Checked, _ right: inout Checked, _ place: SourcePlace) {
        unify(&left, &right)
        let ordered: [RuleType] = [
            .bool, .int, .uint, .double, .string, .key, .bytes, .timestamp, .duration, .decimal, .date,
        ]
        for side in [left, right] where !side.type.isOpen && !ordered.contains(side.type) {
            report(place, "\(Self.article(side.type)) has no order")
            return
        }
        guard !Self.areComparable(left.type, right.type) else { return }
        reportUnlike(left, right, place, "compared")
    }

    mutating func reportUnlike(_ left: Checked, _ right: Checked, _ place: SourcePlace, _ verb: String) {
        report(
            place, "\(Self.article(left.type)) cannot be \(verb) with \(Self.article(right.type))",
            Self.advice(left, right))
    }

    /// Which conversion to write.
    static func advice(_ left: Checked, _ right: Checked) -> String? {
        let types = Set([left.type, right.type])
        if types.contains(.null) { return "ask whether it is there: has(e.field)" }
        if types == [.decimal, .double] { return "write decimal(x) around the double" }
        if types == [.int, .double] || types == [.uint, .double] {
            return "write double(x) around the whole number"
        }
        if types == [.int, .uint] { return "write int(x) or uint(x), or 1u for a uint" }
        if types == [.date, .timestamp] { return "write date(x) around the timestamp" }
        if types.contains(where: \.isText) {
            let text = left.type.isText ? left : right
            let other = left.type.isText ? right.type : left.type
            switch other {
            case .date: return "write date('2026-03-05')"
            case .timestamp: return "write timestamp('2026-03-05T00:00:00Z')"
            case .duration: return "write duration('36h') or days(3)"
            case .decimal, .int, .uint, .double:
                if case .literal(let value) = (left.type.isText ? right : left).expression.kind,
                    case .int(let number) = value
                {
                    return "write '\(number)'"
                }
                if case .literal(.string(let number)) = text.expression.kind {
                    return (try? ExactDecimal(parsing: number)) == nil ? nil : "write \(number)"
                }
                return "write string(x) around the number"
            default: return nil
            }
        }
        return nil
    }
}
