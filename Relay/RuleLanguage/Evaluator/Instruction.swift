/// One step of a compiled expression: 16 bytes, over registers.
struct Instruction: BitwiseCopyable, Sendable {
    enum Operation: UInt8, BitwiseCopyable, Sendable {
        /// destination := constant `immediate`
        case constant
        /// destination := variable `immediate`
        case variable
        /// destination := field `immediate` (a constant) of `first`; `has` says whether it is there
        case select, has
        /// destination := slot `immediate` of the record `first`; absent is an error, or stays absent
        case field, optionalField
        /// destination := whether slot `immediate` of the record `first` holds anything
        case hasField
        /// destination := whether pattern `immediate` is found in `first`
        case match
        /// destination := `function` of the registers from `first` on, `second` many
        case call
        /// destination := list or map of the registers from `first` on, `second` many
        case list, map
        case jump
        /// jump where `first` is exactly false, exactly true, or an error
        case jumpIfFalse, jumpIfTrue, jumpIfError
        /// destination := `first` and `second`, where a decided side forgives the other's error
        case and, or
        /// destination := `first` if it is a bool, else an error
        case requireBool
        /// destination := list of the elements, or of the keys of the map `first`; an error for anything else
        case range
        /// destination := element number `second` (a register that counts up) of `first`, or jump at the end
        case next
        /// destination := list `destination` with `first` behind it
        case append
        /// destination := `destination` + 1
        case increment
        case move
        /// destination := error `immediate`
        case fail
        case finish
    }

    var operation: Operation
    var function: Function = .equal
    var destination: UInt16 = 0
    var first: UInt16 = 0
    var second: UInt16 = 0
    var immediate: UInt32 = 0
}

/// A compiled expression with its constants.
package struct CompiledExpression: Sendable {
    let code: [Instruction]
    /// Where in the source each instruction comes from.
    let places: [SourcePlace]
    let pool: ConstantPool
    let variables: [String]
    let registerCount: Int
}
