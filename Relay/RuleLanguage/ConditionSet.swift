package import Values

/// What a condition says about an event.
package enum ConditionResult: Hashable, Sendable {
    case yes, no
    /// It has no value; the place is that of the part of its source that failed.
    case failed(EvaluationError, SourcePlace)
}

/// All that is wrong with a condition.
package struct ConditionRefused: Error, Hashable, Sendable {
    /// In the order in which they were found; never empty.
    package let diagnostics: [Diagnostic]
}

/// The conditions about one event type, compiled together: they share constants, slots and one decoding.
///
/// A condition sees the record as `e`, the event's attributes as `event`, and the evaluation's time as `now`.
package struct ConditionSet: Sendable {
    private let layouts: RecordLayouts
    private let pool: ConstantPool
    private let expressions: [CompiledExpression]
    private let root: Int
    private let attributes: Int

    /// Compiles the conditions of one event type, one after the other.
    package struct Builder {
        private var environment: RuleEnvironment
        private var layouts = RecordLayouts()
        private var constants = ConstantPool.Builder()
        private var programs: [Program] = []
        private let root: Int
        private let attributes: Int

        /// For events with these fields.
        package init(_ schema: RecordSchema) {
            root = layouts.add(schema)
            attributes = layouts.add(EventAttributes.schema)
            environment = RuleEnvironment(types: [
                "e": .record(root), "event": .record(attributes), "now": .timestamp,
            ])
        }

        /// Parses, checks and compiles one condition.
        /// - Returns: its index in the set.
        /// - Throws: everything that is wrong with it; a condition must be true or false.
        package mutating func add(_ source: String) throws(ConditionRefused) -> Int {
            let parsed: Expression
            do { parsed = try Parser.parse(source) } catch { throw ConditionRefused(diagnostics: [error]) }
            var checker = Checker(environment, layouts: layouts)
            let (checked, type) = checker.check(parsed)
            if checker.diagnostics.isEmpty, type != .bool {
                checker.report(
                    parsed.place, "the condition must be true or false, not \(Checker.article(type))")
            }
            guard checker.diagnostics.isEmpty else {
                throw ConditionRefused(diagnostics: checker.diagnostics)
            }
            do {
                programs.append(
                    try Compiler.compile(
                        checked, in: environment, variables: ["e", "event", "now"], constants: &constants))
            } catch {
                throw ConditionRefused(diagnostics: [error])
            }
            layouts = checker.layouts
            return programs.count - 1
        }

        /// The set; conditions that were refused are not in it.
        package func finish() -> ConditionSet {
            let pool = constants.pool()
            return ConditionSet(
                layouts: layouts, pool: pool, expressions: programs.map { $0.expression(pool) }, root: root,
                attributes: attributes)
        }
    }

    private init(
        layouts: RecordLayouts, pool: ConstantPool, expressions: [CompiledExpression], root: Int,
        attributes: Int,
    ) {
        self.layouts = layouts
        self.pool = pool
        self.expressions = expressions
        self.root = root
        self.attributes = attributes
    }

    /// How many conditions there are.
    package var count: Int { expressions.count }

    /// A decoder for events that are written by `schema`, which may be older or newer than the checked one.
    package func decoder(for schema: RecordSchema) throws(EventDecodingError) -> EventDecoder {
        try EventDecoder(layouts, root: root, schema: schema)
    }

    /// Takes an event in: the conditions of this set that follow are about it.
    package func load(
        _ data: [UInt8], _ decoder: EventDecoder, _ event: EventAttributes, now: Timestamp,
        into machine: inout Machine,
    ) throws(EventDecodingError) {
        try machine.load(pool) { machine throws(EventDecodingError) in
            let record = try decoder.decode(data, into: &machine)
            let slots = layouts.layouts[attributes].slots
            let values = slots.map { event.cell($0.field.name, &machine) }
            let row = machine.cells.count
            machine.cells.append(contentsOf: values)
            return [
                record, Cell(.record, UInt64(row) << 32 | UInt64(slots.count)),
                .instant(.timestamp, now.seconds, now.nanoseconds),
            ]
        }
    }

    /// What a condition says about the event that `machine` has taken in.
    package func evaluate(_ index: Int, on machine: inout Machine) -> ConditionResult {
        machine.condition(expressions[index])
    }
}
