extension RFCFrame {
    /// An error frame.
    init(_ failure: RFCFailure) {
        self.init(.failure)
        put(Int(failure.code))
        put(Int(failure.group))
        put(byte: failure.closes ? 1 : 0)
        for text in [failure.key, failure.message, failure.messageClass, failure.messageType, failure.number]
        {
            put(text)
        }
        for index in 0..<4 { put(failure.variables.indices.contains(index) ? failure.variables[index] : "") }
    }

    /// The description of a structure.
    init(_ definition: StructureDefinition) {
        self.init(.type)
        put(type: definition)
    }

    /// The description of a function with all its structures.
    init(_ function: FunctionInterface) {
        self.init(.function)
        put(function.name)
        var types: [String: StructureDefinition] = [:]
        for parameter in function.parameters {
            if let definition = function.structure(parameter.name) { types[definition.name] = definition }
        }
        put(types.count)
        for definition in types.values.sorted(by: { $0.name < $1.name }) { put(type: definition) }
        put(function.parameters.count)
        for parameter in function.parameters { put(parameter) }
        put(function.exceptions.count)
        for exception in function.exceptions {
            put(exception)
            put("")
        }
    }

    private mutating func put(type definition: StructureDefinition) {
        put(definition.name)
        put(definition.size.plain)
        put(definition.size.unicode)
        put(definition.fields.count)
        for (field, place) in zip(definition.fields, definition.places) {
            put(field.name)
            put(byte: field.rfcType)
            put(field.bytes.plain)
            put(place.plain)
            put(field.bytes.unicode)
            put(place.unicode)
            put(field.type == "FLTP" ? 16 : field.decimals)
        }
    }

    private mutating func put(_ parameter: FunctionInterface.Parameter) {
        put(parameter.name)
        let type: String
        switch parameter.shape {
        case .scalar(let field):
            put(byte: field.rfcType)
            for number in [field.bytes.plain, 0, field.bytes.unicode, 0, field.decimals] { put(number) }
            type = ""
        case .structure(let definition), .table(let definition):
            if case .table = parameter.shape { put(byte: 5) } else { put(byte: 17) }
            for number in [definition.size.plain, 0, definition.size.unicode, 0, 0] { put(number) }
            type = definition.name
        }
        put(byte: parameter.direction.rawValue)
        put(type)
        put(parameter.defaultText)
        put("")
        put(byte: parameter.isOptional ? 1 : 0)
    }

    /// The call in an invoke frame.
    ///
    /// - Throws: `FrameError.short` where it ends too early, `FrameError.misfit` where it is no call of that function.
    mutating func takeCall(_ interface: FunctionInterface) throws(FrameError) -> CallArguments {
        var arguments = CallArguments(interface: interface)
        for _ in 0..<(try takeNumber()) { arguments.inactive.insert(try takeText()) }
        for _ in 0..<(try takeNumber()) {
            let name = try takeText()
            guard let parameter = interface.parameter(name) else { throw .misfit }
            arguments.values[name] = try takeValue(parameter.shape)
        }
        return arguments
    }

    private mutating func takeValue(_ shape: FunctionInterface.Shape) throws(FrameError) -> RFCValue {
        switch (try takeByte(), shape) {
        case (0, .scalar): return .scalar(try takeText())
        case (1, .structure(let definition)): return .structure(try takeFields(try takeNumber(), definition))
        case (2, .table(let definition)):
            let width = try takeNumber()
            var rows: [[String]] = []
            for _ in 0..<(try takeNumber()) { rows.append(try takeFields(width, definition)) }
            return .table(rows)
        default: throw .misfit
        }
    }

    private mutating func takeFields(
        _ count: Int, _ definition: StructureDefinition,
    ) throws(FrameError) -> [String] {
        guard count == definition.fields.count else { throw .misfit }
        var fields: [String] = []
        for _ in 0..<count { fields.append(try takeText()) }
        return fields
    }

    /// The answer of a call.
    init(results: [String: RFCValue], of arguments: CallArguments) {
        self.init(.results)
        let told = arguments.interface.parameters.filter {
            results[$0.name] != nil && !arguments.inactive.contains($0.name)
        }
        put(told.count)
        for parameter in told {
            put(parameter.name)
            switch (results[parameter.name], parameter.shape) {
            case (.structure(let fields), .structure(let definition)):
                put(byte: 1)
                put(definition.fields.count)
                put(fields, definition)
            case (.table(let rows), .table(let definition)):
                put(byte: 2)
                put(definition.fields.count)
                put(rows.count)
                for row in rows { put(row, definition) }
            case (.scalar(let text), .scalar(let field)):
                put(byte: 0)
                put(field.wireText(text))
            default:
                put(byte: 0xFF)
            }
        }
    }

    private mutating func put(_ fields: [String], _ definition: StructureDefinition) {
        for (value, field) in zip(fields, definition.fields) { put(field.wireText(value)) }
    }
}
