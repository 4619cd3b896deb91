/// What a call brought, or what it gives back: each value as the texts of its fields, in the order of the dictionary.
enum RFCValue: Hashable, Sendable {
    case scalar(String)
    case structure([String])
    case table([[String]])
}

/// One call as it came.
struct CallArguments: Sendable {
    let interface: FunctionInterface
    /// Parameters that the client asked not to have returned.
    var inactive: Set<String> = []
    var values: [String: RFCValue] = [:]

    func text(_ name: String) -> String {
        if case .scalar(let text) = values[name] { return text }
        return ""
    }

    /// A number of INT4; 0 where it is none.
    func integer(_ name: String) -> Int { Int(Int32(text(name)) ?? 0) }

    func rows(_ name: String) -> [[String]] {
        if case .table(let rows) = values[name] { return rows }
        return []
    }

    func structure(_ name: String) -> [String] {
        if case .structure(let fields) = values[name] { return fields }
        return interface.structure(name)?.row([:]) ?? []
    }
}
