/// Makes the tree of nodes from events, holding every rule that libyaml does not.
struct YAMLTreeBuilder {
    private let source: YAMLEventSource
    private let file: String
    private let limits: YAMLLimits
    private var nodes = 0

    init(source: YAMLEventSource, file: String, limits: YAMLLimits) {
        self.source = source
        self.file = file
        self.limits = limits
    }

    /// The root of the only document.
    mutating func document() throws(YAMLError) -> YAMLNode {
        guard case .documentStart = try source.next() else {
            let place = YAMLPlace(file: file, line: 1, column: 1)
            return YAMLNode(
                content: .scalar(YAMLNode.Scalar(text: "", isQuoted: false)), place: place, path: "")
        }
        guard let root = try node(from: try source.next(), path: "", depth: 0) else {
            throw YAMLError(file: file, line: 1, column: 1, problem: "the document has no root")
        }
        while true {
            switch try source.next() {
            case .streamEnd: return root
            case .documentStart(let place):
                throw place.error("one file holds one document: a second one begins here")
            default: continue
            }
        }
    }

    /// The node that begins with `event`; nil at the end of its container.
    private mutating func node(from event: YAMLEvent, path: String, depth: Int) throws(YAMLError) -> YAMLNode?
    {
        switch event {
        case .scalar(let scalar, let place):
            try count(place)
            return YAMLNode(content: .scalar(scalar), place: place, path: path)
        case .sequenceStart(let place):
            try enter(place, depth)
            var items: [YAMLNode] = []
            while let item = try node(
                from: try source.next(), path: "\(path)[\(items.count)]", depth: depth + 1)
            {
                items.append(item)
            }
            return YAMLNode(content: .sequence(items), place: place, path: path)
        case .mappingStart(let place):
            try enter(place, depth)
            return YAMLNode(content: .mapping(try entries(path, depth)), place: place, path: path)
        case .containerEnd, .documentStart, .documentEnd, .streamEnd:
            return nil
        }
    }

    private mutating func entries(_ path: String, _ depth: Int) throws(YAMLError) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            switch try source.next() {
            case .scalar(let key, let place):
                try count(place)
                guard key.isQuoted || key.text != "<<" else {
                    throw place.error("merge keys (<<) are not allowed")
                }
                if let line = lines[key.text] {
                    throw place.error("the key \"\(key.text)\" is already there in line \(line)")
                }
                lines[key.text] = place.line
                let valuePath = path.isEmpty ? key.text : "\(path).\(key.text)"
                guard valuePath.utf8.count <= limits.pathBytesLimit else {
                    throw place.error(
                        "the keys that lead here are longer than \(limits.pathBytesLimit) bytes")
                }
                guard let value = try node(from: try source.next(), path: valuePath, depth: depth + 1) else {
                    throw place.error("the key \"\(key.text)\" has no value")
                }
                entries.append(YAMLNode.Entry(key: key.text, place: place, value: value))
            case .sequenceStart(let place), .mappingStart(let place):
                throw place.error("a key is expected to be a single value")
            default:
                return entries
            }
        }
    }

    private mutating func enter(_ place: YAMLPlace, _ depth: Int) throws(YAMLError) {
        try count(place)
        guard depth < limits.depthLimit else {
            throw place.error("lists and mappings are nested deeper than \(limits.depthLimit) levels")
        }
    }

    private mutating func count(_ place: YAMLPlace) throws(YAMLError) {
        nodes += 1
        guard nodes <= limits.nodeLimit else {
            throw place.error("the file has more than \(limits.nodeLimit) values")
        }
    }
}
