import Foundation
import RuleLanguage

extension RuleType {
    /// Reads a type as the conformance data writes it, `map(string, dyn)`; what is not known here is dyn.
    init(_ text: String) {
        let name = text.prefix { $0 != "(" }
        let inner = text.dropFirst(name.count + 1).dropLast()
        var parts: [String] = []
        var depth = 0
        for character in inner {
            depth += character == "(" ? 1 : character == ")" ? -1 : 0
            if character == ",", depth == 0 {
                parts.append("")
            } else {
                if parts.isEmpty { parts.append("") }
                parts[parts.count - 1].append(character)
            }
        }
        let types = parts.map { RuleType($0.trimmingCharacters(in: .whitespaces)) }
        switch name {
        case "bool": self = .bool
        case "int": self = .int
        case "uint": self = .uint
        case "double": self = .double
        case "string": self = .string
        case "bytes": self = .bytes
        case "null_type": self = .null
        case "google.protobuf.Timestamp", "timestamp": self = .timestamp
        case "google.protobuf.Duration", "duration": self = .duration
        case "list" where types.count == 1: self = .list(types[0])
        case "map" where types.count == 2: self = .map(types[0], types[1])
        default: self = .dyn
        }
    }
}
