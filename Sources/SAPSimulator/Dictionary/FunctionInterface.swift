/// A function module's interface as the SDK is told it.
struct FunctionInterface: Sendable {
    /// The SDK's numbers of directions; IMPORT is what the client sends.
    enum Direction: UInt8, Sendable {
        case sent = 1
        case returned = 2
        case changing = 3
        case tables = 7
    }

    /// What a parameter holds.
    enum Shape: Sendable {
        case scalar(FieldDefinition)
        case structure(StructureDefinition)
        case table(StructureDefinition)
    }

    struct Parameter: Sendable {
        let name: String
        let direction: Direction
        let shape: Shape
        let isOptional: Bool
        let defaultText: String
    }

    let name: String
    let parameters: [Parameter]
    let exceptions: [String]

    func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

    /// The structure behind a parameter, if it has one.
    func structure(_ name: String) -> StructureDefinition? {
        switch parameter(name)?.shape {
        case .structure(let definition), .table(let definition): definition
        default: nil
        }
    }
}
