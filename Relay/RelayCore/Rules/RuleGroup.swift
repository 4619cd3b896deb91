internal import ConnectorProtocol
internal import Cryptography
internal import RuleLanguage
internal import Synchronization
internal import Values

/// The rules about one event type: an event is decoded once for all of them, and only as far as they read it.
final class RuleGroup: Sendable {
    /// What is made once and used again.
    private struct Workshop {
        /// By the digest of the schema that an event is written by.
        var decoders: [Digest32: Result<EventDecoder, EventDecodingError>] = [:]
        var machines: [Machine] = []
    }

    /// In the order of the file.
    let rules: [Rule]
    /// The fields that rules and templates were checked with.
    let schema: RecordSchema
    private let conditions: ConditionSet
    private let workshop = Mutex(Workshop())

    init(rules: [Rule], schema: RecordSchema, conditions: ConditionSet) {
        self.rules = rules
        self.schema = schema
        self.conditions = conditions
    }

    func decide(_ event: RuleEvent, now: Timestamp) -> [RuleResult] {
        var machine = workshop.withLock { $0.machines.popLast() } ?? Machine()
        defer { workshop.withLock { $0.machines.append(machine) } }
        var problem: EventDecodingError?
        if conditions.count > 0 {
            do throws(EventDecodingError) {
                try conditions.load(
                    event.data, try decoder(for: event.schema), event.attributes, now: now, into: &machine)
            } catch {
                problem = error
            }
        }
        return rules.map { rule in
            switch rule.condition {
            case .always: return .matched(rule)
            case .broken(let diagnostic):
                return .failed(
                    rule, code: "does_not_compile", sentence: Self.sentence(diagnostic.sentence),
                    line: diagnostic.line, column: diagnostic.column)
            case .compiled(let index, let map):
                if let problem {
                    let place = map.place(line: 1, column: 1)
                    return .failed(
                        rule, code: "record_unreadable", sentence: problem.description, line: place.line,
                        column: place.column)
                }
                switch conditions.evaluate(index, on: &machine) {
                case .yes: return .matched(rule)
                case .no: return .notMatched(rule)
                case .failed(let error, let source):
                    let place = map.place(source)
                    return .failed(
                        rule, code: error.code, sentence: error.description, line: place.line,
                        column: place.column)
                }
            }
        }
    }

    private func decoder(for schema: EventSchema) throws(EventDecodingError) -> EventDecoder {
        if let known = workshop.withLock({ $0.decoders[schema.digest] }) { return try known.get() }
        let made: Result<EventDecoder, EventDecodingError>
        do throws(EventDecodingError) {
            made = .success(try conditions.decoder(for: RecordSchema(schema.fields)))
        } catch {
            made = .failure(error)
        }
        workshop.withLock { $0.decoders[schema.digest] = made }
        return try made.get()
    }

    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst() + "."
    }
}

extension RuleEvent {
    /// What conditions see beside the record.
    var attributes: EventAttributes {
        EventAttributes(
            id: id.hexadecimal, type: type, subject: subject, origin: origin.rawValue, source: source,
            time: time.instant, detectedAt: detectedAt)
    }
}
