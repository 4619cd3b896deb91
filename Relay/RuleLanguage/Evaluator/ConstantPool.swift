internal import Values

/// The constants of one or more programs, as the first part of a machine's arenas.
///
/// Programs that share a pool run one after the other without its being copied again.
final class ConstantPool: Sendable {
    let cells: [Cell]
    let text: [UInt8]
    let decimals: [ExactDecimal]
    let patterns: [Pattern]
    /// By the index that instructions name.
    let constants: [Cell]

    private init(_ builder: Builder) {
        cells = builder.arena.cells
        text = builder.arena.text
        decimals = builder.arena.decimals
        patterns = builder.patterns
        constants = builder.constants
    }

    /// Collects constants; equal scalars are kept once.
    struct Builder {
        fileprivate var arena = Machine()
        fileprivate var patterns: [Pattern] = []
        fileprivate var constants: [Cell] = []
        private var strings: [[UInt8]: UInt32] = [:]
        private var patternIndex: [[UInt8]: UInt32] = [:]

        mutating func constant(_ value: RuleValue) -> UInt32 {
            var bytes: [UInt8]?
            if case .string(let text) = value { bytes = Array(text.utf8) }
            if let bytes, let known = strings[bytes] { return known }
            constants.append(arena.cell(of: value))
            let index = UInt32(constants.count - 1)
            if let bytes { strings[bytes] = index }
            return index
        }

        /// The index of a pattern; nil for what is none.
        mutating func pattern(_ source: String) -> UInt32? {
            let bytes = Array(source.utf8)
            if let known = patternIndex[bytes] { return known }
            guard let compiled = try? Pattern(bytes) else { return nil }
            patterns.append(compiled)
            patternIndex[bytes] = UInt32(patterns.count - 1)
            return UInt32(patterns.count - 1)
        }

        func pool() -> ConstantPool { ConstantPool(self) }
    }
}

/// A compiled expression before its constants are closed.
struct Program: Sendable {
    let code: [Instruction]
    let places: [SourcePlace]
    let variables: [String]
    let registerCount: Int

    func expression(_ pool: ConstantPool) -> CompiledExpression {
        CompiledExpression(
            code: code, places: places, pool: pool, variables: variables, registerCount: registerCount)
    }
}
