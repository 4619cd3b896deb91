/// All tables, structures and function interfaces of the simulated system.
struct DataDictionary: Sendable {
    let tables: [String: StructureDefinition]
    let structures: [String: StructureDefinition]
    let functions: [String: FunctionInterface]

    /// The built-in dictionary (``DictionaryText``).
    static let ecc = DataDictionary(text: DictionaryText.lines)

    init(text: String) {
        var lines: [String] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix(" "), let last = lines.popLast() {
                lines.append(last + line.drop { $0 == " " }.reduce(into: " ") { $0.append($1) })
            } else {
                lines.append(String(line))
            }
        }
        var tables: [String: StructureDefinition] = [:]
        var structures: [String: StructureDefinition] = [:]
        var functions: [String: FunctionInterface] = [:]
        for line in lines where !line.hasPrefix("F ") {
            let words = line.split(separator: " ")
            let definition = StructureDefinition(
                name: String(words[1]), isTable: words[0] == "T", keyCount: Int(words[2]) ?? 0,
                fields: words.dropFirst(3).compactMap { FieldDefinition($0) })
            if words[0] == "T" {
                tables[definition.name] = definition
            } else {
                structures[definition.name] = definition
            }
        }
        for line in lines where line.hasPrefix("F ") {
            let function = Self.function(line, structures)
            functions[function.name] = function
        }
        self.tables = tables
        self.structures = structures
        self.functions = functions
    }

    private static func function(
        _ line: String, _ structures: [String: StructureDefinition],
    ) -> FunctionInterface {
        let words = line.split(separator: " ")
        let parameters = words.dropFirst(3).compactMap { word -> FunctionInterface.Parameter? in
            let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 5 else { return nil }
            let directions: [String: FunctionInterface.Direction] = [
                "I": .sent, "E": .returned, "C": .changing, "T": .tables,
            ]
            guard let direction = directions[parts[0]] else { return nil }
            let shape: FunctionInterface.Shape
            if let definition = structures[parts[2]] {
                shape = direction == .tables ? .table(definition) : .structure(definition)
            } else if let field = FieldDefinition(parts[2], name: parts[1]) {
                shape = .scalar(field)
            } else {
                return nil
            }
            return .init(
                name: parts[1], direction: direction, shape: shape, isOptional: parts[3] == "o",
                defaultText: parts[4])
        }
        let exceptions = words[2] == "-" ? [] : words[2].split(separator: ",").map(String.init)
        return FunctionInterface(name: String(words[1]), parameters: parameters, exceptions: exceptions)
    }
}
