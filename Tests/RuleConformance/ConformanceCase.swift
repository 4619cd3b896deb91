import Foundation
import RuleLanguage
import Values

/// One test of the public CEL conformance data, as facts/rules.md section 2 describes the form.
struct ConformanceCase {
    let id: String
    let file: String
    let expression: String
    let container: String
    let types: [String: RuleType]
    let isUnchecked: Bool
    let bindings: [String: RuleValue]
    let value: Any?
    let expectsError: Bool
    let isCheckOnly: Bool
    let deducedType: RuleType?

    init?(_ object: [String: Any]) {
        guard let id = object["id"] as? String, let file = object["file"] as? String,
            let expression = object["expr"] as? String
        else { return nil }
        self.id = id
        self.file = file
        self.expression = expression
        container = object["container"] as? String ?? ""
        value = object["value"]
        expectsError = object["error"] != nil
        deducedType = (object["type"] as? String).map { RuleType($0) }
        isCheckOnly = object["check_only"] as? Bool ?? false
        var bindings: [String: RuleValue] = [:]
        for (name, value) in object["bindings"] as? [String: Any] ?? [:] {
            bindings[name] = Self.ruleValue(value)
        }
        self.bindings = bindings
        var types = bindings.mapValues { _ in RuleType.dyn }
        for declaration in object["type_env"] as? [[String: Any]] ?? [] {
            guard let name = declaration["name"] as? String else { continue }
            if let text = declaration["type"] as? String { types[name] = RuleType(text) }
        }
        self.types = types
        isUnchecked = object["disable_check"] as? Bool ?? false
    }

    /// All cases of a file of that form.
    static func load(_ path: String) throws -> [ConformanceCase] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let objects = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        return objects.compactMap { ConformanceCase($0) }
    }

    static func ruleValue(_ json: Any?) -> RuleValue? {
        guard let object = json as? [String: Any], let (kind, value) = object.first else { return nil }
        let text = value as? String ?? ""
        switch kind {
        case "null": return .null
        case "bool": return .bool(value as? Bool ?? false)
        case "int": return Int64(text).map { .int($0) }
        case "uint": return UInt64(text).map { .uint($0) }
        case "double": return number(text).map { .double($0) }
        case "string": return .string(text)
        case "bytes": return Data(base64Encoded: text).map { .bytes(Array($0)) }
        case "type": return .type(text)
        case "timestamp": return Timestamp(parsing: text).map { .timestamp($0) }
        case "duration": return duration(text)
        case "list": return .list((value as? [Any] ?? []).compactMap(ruleValue))
        case "map":
            return .map(
                (value as? [[Any]] ?? []).compactMap { pair in
                    guard pair.count == 2, let key = ruleValue(pair[0]), let value = ruleValue(pair[1]) else {
                        return nil
                    }
                    return (key, value)
                })
        default: return nil
        }
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "Infinity", "inf", "+inf": .infinity
        case "-Infinity", "-inf": -.infinity
        default: Double(text)
        }
    }

    private static func duration(_ text: String) -> RuleValue? {
        let isNegative = text.hasPrefix("-")
        let parts = text.trimmingCharacters(in: CharacterSet(charactersIn: "-s")).split(separator: ".")
        guard let first = parts.first, let seconds = Int64(first) else { return nil }
        var nanoseconds: Int32 = 0
        if parts.count == 2 {
            nanoseconds =
                Int32(String(parts[1].prefix(9)).padding(toLength: 9, withPad: "0", startingAt: 0)) ?? 0
        }
        return .duration(
            seconds: isNegative ? -seconds : seconds, nanoseconds: isNegative ? -nanoseconds : nanoseconds)
    }
}
