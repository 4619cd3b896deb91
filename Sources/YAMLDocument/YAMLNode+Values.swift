extension YAMLNode {
    /// The text of a scalar, quoted or not; nothing, a list or a mapping is refused.
    package func string() throws(YAMLError) -> String {
        guard case .scalar(let scalar) = content, !isNull else { throw expected("a text") }
        return scalar.text
    }

    /// A whole number in decimal digits without quotes, inside `range`.
    package func integer(in range: ClosedRange<Int> = .min ... .max) throws(YAMLError) -> Int {
        let form =
            range == .min ... .max
            ? "a whole number" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let text = plainText, let value = Self.integer(text), range.contains(value) else {
            throw expected(form)
        }
        return value
    }

    /// `true` or `false` without quotes, and nothing else.
    package func boolean() throws(YAMLError) -> Bool {
        switch plainText {
        case "true": return true
        case "false": return false
        default: throw expected("true or false")
        }
    }

    /// A length of time: digits and a unit, `250ms`, `60s`, `15m` or `15 min`, `2h`, `14d`.
    package func duration(
        in range: ClosedRange<Duration> = .zero ... .seconds(Int64.max / 2),
    ) throws(YAMLError) -> Duration {
        guard case .scalar(let scalar) = content, let value = Self.duration(scalar.text) else {
            throw expected("a duration such as 60s, 15m, 2h or 14d")
        }
        guard range.contains(value) else {
            throw error("a duration from \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return value
    }

    /// A size in bytes: digits and a unit, `512B`, `64KiB`, `4MiB`, `2GiB`.
    package func byteCount() throws(YAMLError) -> Int {
        guard case .scalar(let scalar) = content, let value = Self.byteCount(scalar.text) else {
            throw expected("a size such as 64KiB, 512MiB or 2GiB")
        }
        return value
    }

    /// One of the raw values of an enumeration.
    package func choice<Choice>(_ type: Choice.Type = Choice.self) throws(YAMLError) -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        let known = Choice.allCases.map(\.rawValue)
        guard case .scalar(let scalar) = content, !isNull else {
            throw expected("one of \(known.joined(separator: ", "))")
        }
        guard let value = Choice(rawValue: scalar.text) else {
            let form = expected("one of \(known.joined(separator: ", "))").problem
            throw place.error(form + Nearest.hint(for: scalar.text, among: known))
        }
        return value
    }

    /// The items of a list.
    package func list() throws(YAMLError) -> [YAMLNode] {
        guard case .sequence(let items) = content else { throw expected("a list") }
        return items
    }

    /// The entries of a mapping whose keys are free names.
    package func entries() throws(YAMLError) -> [Entry] {
        guard case .mapping(let entries) = content else { throw expected("a mapping") }
        return entries
    }

    /// A mapping with known keys; call ``YAMLMapping/finish()`` when all of them are read.
    package func mapping() throws(YAMLError) -> YAMLMapping {
        YAMLMapping(node: self, entries: try entries())
    }

    /// Reads a mapping with known keys and refuses those that `read` did not ask for.
    package func mapping<Value>(
        _ read: (YAMLMapping) throws(YAMLError) -> Value,
    ) throws(YAMLError) -> Value {
        let mapping = try mapping()
        let value = try read(mapping)
        try mapping.finish()
        return value
    }

    private var plainText: String? {
        guard case .scalar(let scalar) = content, !scalar.isQuoted else { return nil }
        return scalar.text
    }

    private static func integer(_ text: String) -> Int? {
        let digits = text.first == "-" ? text.dropFirst() : text[...]
        // A leading zero means octal to some readers and nothing to others, so it is no number here.
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            digits.count == 1 || digits.first != "0"
        else { return nil }
        return Int(text)
    }

    private static func amount(_ text: String) -> (Int, Substring)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let unit = text[digits.endIndex...]
        return (number, unit.first == " " ? unit.dropFirst() : unit)
    }

    private static func duration(_ text: String) -> Duration? {
        guard let (number, unit) = amount(text) else { return nil }
        let seconds: Int
        switch unit {
        case "ms": return .milliseconds(number)
        case "s": seconds = 1
        case "m", "min": seconds = 60
        case "h": seconds = 3600
        case "d": seconds = 86_400
        default: return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: seconds)
        return overflow ? nil : .seconds(product)
    }

    private static func byteCount(_ text: String) -> Int? {
        guard let (number, unit) = amount(text) else { return nil }
        let factors: [Substring: Int] = [
            "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
        ]
        guard let factor = factors[unit] else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
