internal import ConnectorProtocol
internal import YAMLDocument

/// A feed's file before it is read as a definition: a feed of its own, or an addition to a built-in one.
struct FeedFile {
    let name: String
    let root: YAMLNode

    /// Parses a file; nothing of it is checked yet.
    init(name: String, text: String) throws(YAMLError) {
        self.name = name
        root = try YAMLParser.parse(text, file: name)
    }

    /// The definition, made of one of `others` where the file says `extends`.
    func definition(extending others: [FeedFile]) throws(YAMLError) -> FeedDefinition {
        let entries = try root.entries()
        guard let extends = entries.first(where: { $0.key == "extends" }) else {
            return try FeedDefinition(root: root) { BuiltInSchemas.schema(named: $0) }
        }
        let wanted = try extends.value.string()
        let bases = others.compactMap(\.feedName)
        guard let base = others.first(where: { $0.feedName == wanted }) else {
            throw extends.value.expected("one of the built-in feeds \(bases.joined(separator: ", "))")
        }
        let own = entries.filter { $0.key != "extends" }
        if let feed = own.first(where: { $0.key == "feed" }) {
            throw feed.place.error("a file that extends a feed has that feed's name, not one of its own")
        }
        let merged = Self.merged(try base.root.entries(), own)
        return try FeedDefinition(
            root: YAMLNode(content: .mapping(merged), place: root.place, path: "")
        ) { BuiltInSchemas.schema(named: $0) }
    }

    /// What the file calls its feed; nil where it does not.
    private var feedName: String? {
        guard case .mapping(let entries) = root.content,
            let entry = entries.first(where: { $0.key == "feed" })
        else { return nil }
        return try? entry.value.string()
    }

    /// Own entries beside those of the base: inside of mappings one by one, all else in place of the base's.
    private static func merged(_ base: [YAMLNode.Entry], _ own: [YAMLNode.Entry]) -> [YAMLNode.Entry] {
        var result = base
        for entry in own {
            guard let index = result.firstIndex(where: { $0.key == entry.key }) else {
                result.append(entry)
                continue
            }
            guard case .mapping(let inner) = result[index].value.content,
                case .mapping(let added) = entry.value.content
            else {
                result[index] = entry
                continue
            }
            var entries = inner
            for addition in added {
                if let position = entries.firstIndex(where: { $0.key == addition.key }) {
                    entries[position] = addition
                } else {
                    entries.append(addition)
                }
            }
            result[index] = YAMLNode.Entry(
                key: entry.key, place: entry.place,
                value: YAMLNode(
                    content: .mapping(entries), place: entry.value.place, path: entry.value.path))
        }
        return result
    }
}
