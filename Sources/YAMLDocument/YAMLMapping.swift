/// A mapping with known keys, which remembers the keys it was asked for and refuses all others at the end.
///
/// A key whose value is null counts as missing. Every accessor throws ``YAMLError`` with the place of the value, or
/// of the mapping where the key is missing.
package final class YAMLMapping {
    /// The mapping's own node.
    package let node: YAMLNode
    /// Its entries in the order of the file.
    package let entries: [YAMLNode.Entry]
    private var known: [String] = []

    init(node: YAMLNode, entries: [YAMLNode.Entry]) {
        self.node = node
        self.entries = entries
    }

    /// The value of `key`, nil where it is missing or null.
    ///
    /// Asking makes the key known.
    package func optional(_ key: String) -> YAMLNode? {
        if !known.contains(key) { known.append(key) }
        guard let value = entries.first(where: { $0.key == key })?.value, !value.isNull else { return nil }
        return value
    }

    /// The value of `key`, which has to be there.
    package func required(_ key: String) throws(YAMLError) -> YAMLNode {
        if let value = optional(key) { return value }
        let unread = entries.filter { !known.contains($0.key) }
        if let meant = Nearest.nearest(to: key, among: unread.map(\.key)),
            let entry = unread.first(where: { $0.key == meant })
        {
            throw entry.place.error("unknown key \"\(meant)\"; did you mean \"\(key)\"?")
        }
        if let entry = entries.first(where: { $0.key == key }) {
            throw entry.value.error("a value is expected, but nothing is there")
        }
        throw node.error("the key \"\(key)\" is missing")
    }

    /// Refuses the first key that nobody has asked for, naming the nearest known one.
    package func finish() throws(YAMLError) {
        guard let entry = entries.first(where: { !known.contains($0.key) }) else { return }
        let unused = known.filter { key in !entries.contains { $0.key == key } }
        var hint = Nearest.hint(for: entry.key, among: unused)
        if hint.isEmpty, !known.isEmpty { hint = "; known here: \(known.joined(separator: ", "))" }
        throw entry.place.error("unknown key \"\(entry.key)\"\(hint)")
    }
}

extension YAMLMapping {
    /// The text of `key`.
    package func string(_ key: String) throws(YAMLError) -> String { try required(key).string() }
    /// The text of `key`, or the default where it is missing.
    package func string(_ key: String, default value: String) throws(YAMLError) -> String {
        try optional(key)?.string() ?? value
    }
    /// The text of `key`, nil where it is missing.
    package func optionalString(_ key: String) throws(YAMLError) -> String? { try optional(key)?.string() }

    /// The whole number of `key`, inside `range`.
    package func integer(
        _ key: String, in range: ClosedRange<Int> = .min ... .max,
    ) throws(YAMLError) -> Int { try required(key).integer(in: range) }
    /// The whole number of `key`, inside `range`, or the default where it is missing.
    package func integer(
        _ key: String, default value: Int, in range: ClosedRange<Int> = .min ... .max,
    ) throws(YAMLError) -> Int { try optional(key)?.integer(in: range) ?? value }

    /// The truth of `key`, `true` or `false`.
    package func boolean(_ key: String) throws(YAMLError) -> Bool { try required(key).boolean() }
    /// The truth of `key`, or the default where it is missing.
    package func boolean(_ key: String, default value: Bool) throws(YAMLError) -> Bool {
        try optional(key)?.boolean() ?? value
    }

    /// The duration of `key`, inside `range`.
    package func duration(
        _ key: String, in range: ClosedRange<Duration> = .zero ... .seconds(Int64.max / 2),
    ) throws(YAMLError) -> Duration { try required(key).duration(in: range) }
    /// The duration of `key`, inside `range`, or the default where it is missing.
    package func duration(
        _ key: String, default value: Duration,
        in range: ClosedRange<Duration> = .zero ... .seconds(Int64.max / 2),
    ) throws(YAMLError) -> Duration { try optional(key)?.duration(in: range) ?? value }

    /// The size of `key` in bytes, or the default where it is missing.
    package func byteCount(_ key: String, default value: Int) throws(YAMLError) -> Int {
        try optional(key)?.byteCount() ?? value
    }

    /// The raw value of an enumeration under `key`.
    package func choice<Choice>(_ key: String, _ type: Choice.Type = Choice.self) throws(YAMLError) -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        try required(key).choice(type)
    }
    /// The raw value of an enumeration under `key`, or the default where it is missing.
    package func choice<Choice>(_ key: String, default value: Choice) throws(YAMLError) -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        try optional(key)?.choice(Choice.self) ?? value
    }

    /// The items of the list under `key`; none where it is missing.
    package func list(_ key: String) throws(YAMLError) -> [YAMLNode] { try optional(key)?.list() ?? [] }
    /// The texts of the list under `key`; none where it is missing.
    package func strings(_ key: String) throws(YAMLError) -> [String] {
        var texts: [String] = []
        for item in try list(key) { texts.append(try item.string()) }
        return texts
    }

    /// Reads the mapping under `key`, which has to be there, and refuses what `read` did not ask for.
    package func mapping<Value>(
        _ key: String, _ read: (YAMLMapping) throws(YAMLError) -> Value,
    ) throws(YAMLError) -> Value { try required(key).mapping(read) }
    /// Reads the mapping under `key` and refuses what `read` did not ask for; nil where it is missing.
    package func optionalMapping<Value>(
        _ key: String, _ read: (YAMLMapping) throws(YAMLError) -> Value,
    ) throws(YAMLError) -> Value? {
        guard let value = optional(key) else { return nil }
        return try value.mapping(read)
    }
    /// The entries of the mapping under `key` whose keys are free names; none where it is missing.
    package func entries(_ key: String) throws(YAMLError) -> [YAMLNode.Entry] {
        try optional(key)?.entries() ?? []
    }
}
