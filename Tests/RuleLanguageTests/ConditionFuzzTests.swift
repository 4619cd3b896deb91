import TestSupport
import Testing
import Values

@testable import RuleLanguage

@Suite("Random conditions on random documents")
struct ConditionFuzzTests {
    /// Writes conditions that pass the checker, with errors and absent fields anywhere in them.
    private struct Writer {
        var random: SeededRandom
        /// Names of loop variables over items.
        var items: [String] = []

        mutating func pick<T>(_ choices: [T]) -> T {
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }

        mutating func bool(_ depth: Int) -> String {
            guard depth > 0 else {
                let fields = items.map { "\($0).deleted" } + ["e.urgent", "e.blocked", "true", "false"]
                return pick(fields)
            }
            switch Int.random(in: 0..<15, using: &random) {
            case 0, 1: return "(" + bool(depth - 1) + " && " + bool(depth - 1) + ")"
            case 2, 3: return "(" + bool(depth - 1) + " || " + bool(depth - 1) + ")"
            case 4: return "!" + bool(depth - 1)
            case 5: return "(" + bool(depth - 1) + " ? " + bool(depth - 1) + " : " + bool(depth - 1) + ")"
            case 6:
                return "has("
                    + pick(
                        ["e.vendor_name", "e.buyer", "e.buyer.level", "e.items", "e.tax"]
                            + items.map { "\($0).count" }) + ")"
            case 7: return "(" + int(depth - 1) + order() + int(depth - 1) + ")"
            case 8: return "(" + decimal(depth - 1) + order() + decimal(depth - 1) + ")"
            case 9: return "(" + text(depth - 1) + order() + text(depth - 1) + ")"
            case 10:
                return "(e.vendor " + pick(["==", "!="]) + " "
                    + pick(["'7'", "'007'", "e.number", "e.plant"]) + ")"
            case 11:
                return "(" + int(depth - 1) + " in "
                    + pick(["[1, 2, 3]", "e.weeks", "[\(int(0)), \(int(0))]"]) + ")"
            case 12: return text(depth - 1) + pick([".startsWith(", ".contains("]) + text(0) + ")"
            case 13: return "(" + decimal(depth - 1) + " in [0, 0.5, 1.50])"
            default:
                let name = "i\(items.count)"
                items.append(name)
                defer { items.removeLast() }
                return "e.items." + pick(["exists", "all", "exists_one"]) + "(\(name), " + bool(depth - 1)
                    + ")"
            }
        }

        mutating func order() -> String { pick([" < ", " <= ", " > ", " >= ", " == ", " != "]) }

        mutating func int(_ depth: Int) -> String {
            guard depth > 0 else {
                return pick(
                    ["e.count", "e.rank", "e.buyer.level", "0", "2", "-3"] + items.map { "\($0).count" })
            }
            switch Int.random(in: 0..<7, using: &random) {
            case 0, 1: return "(" + int(depth - 1) + pick([" + ", " - ", " * "]) + int(0) + ")"
            case 2: return "(" + int(depth - 1) + pick([" / ", " % "]) + int(0) + ")"
            case 3: return "(" + bool(depth - 1) + " ? " + int(depth - 1) + " : " + int(depth - 1) + ")"
            case 4:
                return pick([
                    "size(e.items)", "e.weeks.size()", "e.items.filter(f, f.deleted).size()",
                    "e.weeks.sum(w, w)",
                ])
            case 5: return "e.weeks[" + int(0) + "]"
            default: return int(0)
            }
        }

        mutating func decimal(_ depth: Int) -> String {
            guard depth > 0 else {
                return pick(["e.total_net", "e.tax", "e.total_net"] + items.map { "\($0).net_value" })
            }
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                return "(" + decimal(depth - 1) + pick([" + ", " - ", " * "])
                    + pick([decimal(0), "0.1", "3", int(0)]) + ")"
            case 1: return "div(" + decimal(depth - 1) + ", " + pick([decimal(0), int(0), "3"]) + ", 2)"
            case 2:
                return "(" + bool(depth - 1) + " ? " + decimal(depth - 1) + " : " + pick(["0.5", decimal(0)])
                    + ")"
            case 3: return "e.items.sum(s, s.net_value)"
            default: return decimal(0)
            }
        }

        mutating func text(_ depth: Int) -> String {
            guard depth > 0 else {
                return pick(["e.plant", "e.vendor_name", "'a'", "'007'", "''"] + items.map { "\($0).text" })
            }
            return pick([
                text(0), "(" + text(0) + " + " + text(depth - 1) + ")",
                "(" + bool(depth - 1) + " ? " + text(0) + " : " + text(0) + ")",
            ])
        }

        // MARK: Documents

        mutating func document() -> (wire: [(Int, Wire)], value: [String: NaiveWalker.Value]) {
            var wire: [(Int, Wire)] = []
            var value: [String: NaiveWalker.Value] = ["items": .list([]), "weeks": .list([])]
            func put(_ name: String, _ number: Int, _ onWire: Wire, _ plain: NaiveWalker.Value) {
                wire.append((number, onWire))
                value[name] = plain
            }
            for (name, number) in [("number", 1), ("vendor", 5)] where isThere() {
                let key = pick(["7", "007", "X7"])
                put(name, number, .text(key), .key(key))
            }
            for (name, number) in [("vendor_name", 6), ("plant", 7)] where isThere() {
                let text = pick(["", "a", "007", "ab", "é"])
                put(name, number, .text(text), .text(text))
            }
            for (name, number) in [("total_net", 13), ("tax", 15)] where isThere() {
                let (text, number_) = amount()
                put(name, number, .decimal(text), .decimal(number_))
            }
            for (name, number) in [("count", 16), ("rank", 17)] where isThere() {
                let count = Int.random(in: -4...4, using: &random)
                put(name, number, .int(count), .int(Int64(count)))
            }
            for (name, number) in [("urgent", 18), ("blocked", 19)] where isThere() {
                let truth = Bool.random(using: &random)
                put(name, number, .bool(truth), .bool(truth))
            }
            if isThere() {
                let level = isThere() ? Int.random(in: 0...3, using: &random) : nil
                let onWire: [(Int, Wire)] = level.map { [(4, .int($0))] } ?? []
                let plain: [String: NaiveWalker.Value] = level.map { ["level": .int(Int64($0))] } ?? [:]
                put("buyer", 21, .record(onWire), .record(plain))
            }
            var items: [NaiveWalker.Value] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let (onWire, plain) = item()
                wire.append((22, .record(onWire)))
                items.append(.record(plain))
            }
            value["items"] = .list(items)
            let weeks = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                Int.random(in: -2...4, using: &random)
            }
            if !weeks.isEmpty { put("weeks", 31, .packed(weeks), .list(weeks.map { .int(Int64($0)) })) }
            return (wire, value)
        }

        private mutating func item() -> (wire: [(Int, Wire)], value: [String: NaiveWalker.Value]) {
            var wire: [(Int, Wire)] = []
            var value: [String: NaiveWalker.Value] = [:]
            if isThere() {
                let text = pick(["", "a", "b"])
                wire.append((3, .text(text)))
                value["text"] = .text(text)
            }
            if isThere() {
                let (text, number) = amount()
                wire.append((8, .decimal(text)))
                value["net_value"] = .decimal(number)
            }
            if isThere() {
                let count = Int.random(in: -2...3, using: &random)
                wire.append((9, .int(count)))
                value["count"] = .int(Int64(count))
            }
            if isThere() {
                let truth = Bool.random(using: &random)
                wire.append((14, .bool(truth)))
                value["deleted"] = .bool(truth)
            }
            return (wire, value)
        }

        private mutating func amount() -> (String, ExactDecimal) {
            let text = pick(["0", "0.1", "0.50", "-1.5", "3", "100.25"])
            return (text, (try? ExactDecimal(parsing: text)) ?? .zero)
        }

        private mutating func isThere() -> Bool { Int.random(in: 0..<4, using: &random) > 0 }
    }

    @Test("The compiled program says what a naive walk over the expression says, errors included")
    func sameAsNaive() throws {
        var writer = Writer(random: SeededRandom(seed: 20_261_125))
        var counts = (yes: 0, no: 0, failed: 0)
        var machine = Machine()
        for _ in 0..<400 {
            var builder = ConditionSet.Builder(OrderSchema.order)
            var parsed: [(source: String, expression: Expression, index: Int)] = []
            for _ in 0..<10 {
                let source = writer.bool(5)
                do {
                    parsed.append((source, try Parser.parse(source), try builder.add(source)))
                } catch {
                    Issue.record("\(source): \(error)")
                }
            }
            let set = builder.finish()
            let decoder = try set.decoder(for: OrderSchema.order)
            for _ in 0..<15 {
                let (wire, value) = writer.document()
                let walker = NaiveWalker(root: value)
                try set.load(
                    try Wire.bytes(of: wire), decoder, Condition.attributes, now: Condition.now,
                    into: &machine)
                for (source, expression, index) in parsed {
                    let expected = walker.evaluate(expression)
                    switch (set.evaluate(index, on: &machine), expected) {
                    case (.yes, .bool(true)): counts.yes += 1
                    case (.no, .bool(false)): counts.no += 1
                    case (.failed(let error, _), .error(let other)) where error == other: counts.failed += 1
                    case (let result, _):
                        Issue.record("\(source) on \(value): \(result), naively \(expected)")
                        return
                    }
                }
            }
        }
        // Each way out has to be met often, or the test says nothing.
        #expect(counts.yes > 5_000 && counts.no > 5_000 && counts.failed > 5_000, "\(counts)")
    }

    /// Writes whatever parses, of any types.
    private struct Scribbler {
        var random: SeededRandom
        /// Most leaves are of one kind, or next to nothing would be taken.
        var favoured: [String] = []

        mutating func favour() {
            favoured = pick([
                ["e.number", "e.plant", "event.subject", "'a'", "'7'", "e.purchase_orders", "['7']"],
                ["e.total_net", "1.5", "1", "e.count", "0"],
                ["e.count", "e.weeks", "1", "0", "[1, 2]", "e.items"],
                ["e.due_date", "date('2026-03-05')", "days(1)"], ["e.urgent", "true", "has(e.tax)"],
                ["now", "e.printed", "event.time", "duration('1h')", "e.entered_at"],
            ])
        }

        mutating func pick<T>(_ choices: [T]) -> T {
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }

        mutating func expression(_ depth: Int) -> String {
            guard depth > 0 else {
                if Int.random(in: 0..<8, using: &random) > 0 { return pick(favoured) }
                return pick([
                    "e.number", "e.plant", "e.total_net", "e.due_date", "e.count", "e.urgent", "e.entered_at",
                    "e.buyer", "e.buyer.level", "e.items", "e.purchase_orders", "e.weeks", "e.printed",
                    "e.raw",
                    "event.time", "event.subject", "now", "1", "0", "2u", "1.5", "'a'", "'7'", "b'x'", "true",
                    "null",
                    "[1, 2]", "['7']", "{'a': 1}", "duration('1h')", "date('2026-03-05')", "e", "i", "string",
                ])
            }
            let (a, b) = (expression(depth - 1), expression(depth - 1))
            switch Int.random(in: 0..<12, using: &random) {
            case 0...3:
                return "(" + a
                    + pick([
                        " + ", " - ", " * ", " / ", " % ", " == ", " != ", " < ", " >= ", " in ", " && ",
                        " || ",
                    ]) + b + ")"
            case 4: return "(" + expression(depth - 1) + " ? " + a + " : " + b + ")"
            case 5: return pick(["!", "-"]) + "(" + a + ")"
            case 6:
                return a
                    + pick([
                        ".size()", ".getMonth()", ".getHours()", ".abs()", ".round(1)", ".floor(2)", ".level",
                        "[0]",
                    ])
            case 7:
                return pick([
                    "size", "int", "uint", "double", "string", "bytes", "bool", "type", "timestamp",
                    "duration",
                    "decimal", "date", "days", "key",
                ]) + "(" + a + ")"
            case 8: return "div(" + a + ", " + b + ", 2)"
            case 9: return a + pick([".startsWith(", ".contains(", ".matches(", ".endsWith("]) + b + ")"
            case 10:
                return a + "." + pick(["exists", "all", "map", "filter", "exists_one", "sum"]) + "(i, " + b
                    + ")"
            default: return "(" + a + ")[" + b + "]"
            }
        }
    }

    @Test("What the checker takes never fails for a type or a name")
    func sound() throws {
        var scribbler = Scribbler(random: SeededRandom(seed: 7))
        var writer = Writer(random: SeededRandom(seed: 8))
        let documents = try (0..<8).map { _ in try Wire.bytes(of: writer.document().wire) }
        var machine = Machine()
        var taken = 0
        for _ in 0..<30_000 {
            scribbler.favour()
            let depths = scribbler.pick([(0, 1), (1, 0), (1, 1), (2, 0)])
            let (left, right) = (scribbler.expression(depths.0), scribbler.expression(depths.1))
            let source = left + scribbler.pick([" == ", " < ", " && ", " in "]) + right
            var builder = ConditionSet.Builder(OrderSchema.order)
            guard let index = try? builder.add(source) else { continue }
            taken += 1
            let set = builder.finish()
            let decoder = try set.decoder(for: OrderSchema.order)
            for document in documents {
                try set.load(document, decoder, Condition.attributes, now: Condition.now, into: &machine)
                if case .failed(let error, _) = set.evaluate(index, on: &machine),
                    [.noSuchOverload, .unknownName, .unsupportedKey].contains(error)
                {
                    Issue.record("\(source): \(error)")
                    return
                }
            }
        }
        #expect(taken > 300, "\(taken)")
    }
}
