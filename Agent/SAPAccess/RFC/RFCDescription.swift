/// Kinds of RFC values by the library's numbers (RFCTYPE); unknown ones are kept.
package struct RFCType: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let char = RFCType(rawValue: 0)
    package static let date = RFCType(rawValue: 1)
    package static let bcd = RFCType(rawValue: 2)
    package static let time = RFCType(rawValue: 3)
    package static let byte = RFCType(rawValue: 4)
    package static let table = RFCType(rawValue: 5)
    package static let num = RFCType(rawValue: 6)
    package static let float = RFCType(rawValue: 7)
    package static let int = RFCType(rawValue: 8)
    package static let int2 = RFCType(rawValue: 9)
    package static let int1 = RFCType(rawValue: 10)
    package static let structure = RFCType(rawValue: 17)
    package static let string = RFCType(rawValue: 29)
    package static let xstring = RFCType(rawValue: 30)
    package static let int8 = RFCType(rawValue: 31)
}

/// One field of a structure, or a parameter's own type.
package struct RFCFieldDescription: Hashable, Sendable {
    package var name: String
    package var type: RFCType
    /// In code units for text, in bytes for anything else.
    package var length: Int
    package var decimals: Int
    /// Fields of a structure or of a table's rows; empty for scalars.
    package var fields: [RFCFieldDescription]

    package init(name: String, type: RFCType, length: Int, decimals: Int, fields: [RFCFieldDescription] = [])
    {
        self.name = name
        self.type = type
        self.length = length
        self.decimals = decimals
        self.fields = fields
    }
}

/// Which way a parameter goes, seen from the function module.
package enum RFCDirection: Int32, Hashable, Sendable {
    case importing = 1
    case exporting = 2
    case changing = 3
    case tables = 7
}

/// One parameter of a function module.
package struct RFCParameterDescription: Hashable, Sendable {
    package var direction: RFCDirection
    package var field: RFCFieldDescription
    package var isOptional: Bool

    package init(direction: RFCDirection, field: RFCFieldDescription, isOptional: Bool) {
        self.direction = direction
        self.field = field
        self.isOptional = isOptional
    }
}

/// The interface of a function module in the system that is connected: it differs by release.
package struct RFCFunctionDescription: Hashable, Sendable {
    package var name: String
    package var parameters: [RFCParameterDescription]

    package init(name: String, parameters: [RFCParameterDescription]) {
        self.name = name
        self.parameters = parameters
    }

    /// The parameter of this name, if the system's release has it.
    package func parameter(_ name: String) -> RFCParameterDescription? {
        parameters.first { $0.field.name == name }
    }
}
